"""The door to spaCy: records as spans of a ``Doc``, so that whatever is made for spaCy goes on from here.

Reads: texts, ``Doc``. Writes: ``Doc`` with words, sentences, spans of records and attributes. Needs the extra ``spacy``.

``component`` makes the part called ``policy_records``, ``words`` the tokenizer; ``display`` draws with displaCy. spaCy finds the
part by its entry point once the project is installed; else ``import pipeline.spacy_pipe.component`` makes it known.
"""
