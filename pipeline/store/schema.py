"""The tables of a store, and how a store of an earlier version becomes one of this version.

Reads: an open connection. Writes: tables, their version, and the steps from each earlier version to the next.

The records of a document are kept twice over on purpose: as the JSON lines of the contract, which exports give back, and as columns,
which filters ask for. The columns, the passages and both indexes are made from the lines and can be made again (``reindex``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import apsw

VERSION = 1
APPLICATION = 0x706F6C69  # "poli": tells a store from any other SQLite file

# All printable ASCII that is no letter or digit: the tokens come ready cut, nothing but a blank may part them.
_TOKEN_CHARACTERS = "".join(chr(code) for code in range(33, 127) if not chr(code).isalnum() and chr(code) not in "\"'")

TABLES = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
  number INTEGER PRIMARY KEY, doc_id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, content_id TEXT NOT NULL, source TEXT NOT NULL,
  title TEXT, issuer TEXT, place TEXT, doc_number TEXT, date TEXT, doc_type TEXT NOT NULL, year INTEGER, plan_year INTEGER,
  review_year INTEGER, effective_from TEXT, effective_to TEXT, validity TEXT NOT NULL, secrecy TEXT, rank INTEGER NOT NULL,
  duplicate_of TEXT, program TEXT NOT NULL, ingested TEXT NOT NULL, head BLOB NOT NULL, text TEXT NOT NULL
);
CREATE INDEX documents_by_content ON documents (content_id);
CREATE TABLE sources (path TEXT PRIMARY KEY, document INTEGER NOT NULL, file_hash BLOB NOT NULL, program TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX sources_by_document ON sources (document);
CREATE TABLE revisions (
  document INTEGER NOT NULL, revision INTEGER NOT NULL, content_id TEXT NOT NULL, program TEXT NOT NULL, ingested TEXT NOT NULL,
  lines BLOB NOT NULL, PRIMARY KEY (document, revision)
) WITHOUT ROWID;
CREATE TABLE passages (
  number INTEGER PRIMARY KEY, document INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, section TEXT NOT NULL,
  clause TEXT, part TEXT, years INTEGER NOT NULL, flags INTEGER NOT NULL, due_first INTEGER NOT NULL, due_last INTEGER NOT NULL,
  records TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX passages_by_document ON passages (document);
CREATE TABLE vectors (document INTEGER PRIMARY KEY, first INTEGER NOT NULL, count INTEGER NOT NULL, data BLOB NOT NULL);
CREATE VIRTUAL TABLE keywords USING fts5(
  body, heads, content='', contentless_delete=1, tokenize="ascii tokenchars '{_TOKEN_CHARACTERS}'"
);
CREATE TABLE tasks (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, document INTEGER NOT NULL, position INTEGER NOT NULL, start INTEGER NOT NULL,
  end INTEGER NOT NULL, status TEXT NOT NULL, strength TEXT, clause TEXT, part TEXT, line BLOB NOT NULL
);
CREATE INDEX tasks_by_document ON tasks (document);
CREATE INDEX tasks_by_id ON tasks (id);
CREATE TABLE task_units (task INTEGER NOT NULL, document INTEGER NOT NULL, text TEXT NOT NULL, canonical TEXT, role TEXT NOT NULL);
CREATE INDEX task_units_by_task ON task_units (task);
CREATE INDEX task_units_by_document ON task_units (document);
CREATE TABLE quantities (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, document INTEGER NOT NULL, position INTEGER NOT NULL, start INTEGER NOT NULL,
  end INTEGER NOT NULL, indicator TEXT, unit TEXT, status TEXT NOT NULL, measure TEXT NOT NULL, low REAL, high REAL,
  period_start TEXT, period_end TEXT, task TEXT, line BLOB NOT NULL
);
CREATE INDEX quantities_by_document ON quantities (document);
CREATE INDEX quantities_by_id ON quantities (id);
CREATE INDEX quantities_by_indicator ON quantities (indicator);
CREATE TABLE deadlines (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, document INTEGER NOT NULL, position INTEGER NOT NULL, start INTEGER NOT NULL,
  end INTEGER NOT NULL, relation TEXT NOT NULL, period_start TEXT, period_end TEXT, every TEXT, line BLOB NOT NULL
);
CREATE INDEX deadlines_by_document ON deadlines (document);
CREATE INDEX deadlines_by_id ON deadlines (id);
CREATE INDEX deadlines_by_end ON deadlines (period_end);
"""


def create(connection: apsw.Connection) -> None:
    """Make the tables of this version in an empty file."""
    connection.execute(TABLES)
    connection.execute("INSERT INTO meta VALUES ('generation', '0')")
    connection.pragma("application_id", APPLICATION)
    connection.pragma("user_version", VERSION)
