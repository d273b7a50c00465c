"""Web: the office's page and its twins for programs, over one store.

Reads: a store, people's words. Writes: pages, the same as JSON, CSV and XLSX, and what people decide.

settings and library say what is served from where; views makes each view a page with twins; security, sessions and users let people in;
marking cuts a text into what is highlighted; one ``routes_…`` module a view, and ``app`` puts them together. ``templates`` hold the
words of pages, ``rules/page.toml`` those of codes and messages.
"""
