"""The tables of a store, and the steps that bring one of an earlier version up to this one.

Reads: an open connection. Writes: tables and their version.

What a document says stands once as the JSON lines of the contract, which exports give back: its head, its text and one line a record.
Columns, passages and both indexes are made from the lines and can be made again (``reindex``). What people decided stands in
``corrections``, to which rows are only ever added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.store.connection import Connection

VERSION = 6
APPLICATION = 0x706F6C69  # "poli": tells a store from any other SQLite file

# All printable ASCII that is no letter or digit: the tokens come ready cut, nothing but a blank may part them.
_TOKEN_CHARACTERS = "".join(chr(code) for code in range(33, 127) if not chr(code).isalnum() and chr(code) not in "\"'")

_DOCUMENTS = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
  number INTEGER PRIMARY KEY, doc_id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, content_id TEXT NOT NULL, source TEXT NOT NULL,
  title TEXT, issuer TEXT, place TEXT, doc_number TEXT, date TEXT, doc_type TEXT NOT NULL, year INTEGER, plan_year INTEGER,
  review_year INTEGER, effective_from TEXT, effective_to TEXT, validity TEXT NOT NULL, secrecy TEXT, rank INTEGER NOT NULL,
  duplicate_of TEXT, program TEXT NOT NULL, ingested TEXT NOT NULL, head BLOB NOT NULL, text TEXT NOT NULL
);
CREATE INDEX documents_by_content ON documents (content_id);
CREATE INDEX documents_by_original ON documents (duplicate_of) WHERE duplicate_of IS NOT NULL;
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
"""
_KEYWORDS = f"""
CREATE VIRTUAL TABLE keywords USING fts5(
  body, heads, content='', contentless_delete=1, tokenize="ascii tokenchars '{_TOKEN_CHARACTERS}'"
);
"""
# Each document is a piece of its own in the full-text index; this many go together at once while documents come in, all at the end.
_PIECES = "INSERT INTO keywords (keywords, rank) VALUES ('automerge', 16);"
# `line` is what extraction wrote, empty for a record that a person added; `corrected` what holds where a person decided otherwise.
_RECORDS = """
CREATE TABLE tasks (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, document INTEGER NOT NULL, position INTEGER NOT NULL, start INTEGER NOT NULL,
  end INTEGER NOT NULL, status TEXT NOT NULL, strength TEXT, clause TEXT, part TEXT, line BLOB NOT NULL,
  corrected BLOB, rejected INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX tasks_by_document ON tasks (document);
CREATE INDEX tasks_by_id ON tasks (id);
CREATE TABLE task_units (task INTEGER NOT NULL, document INTEGER NOT NULL, text TEXT NOT NULL, canonical TEXT, role TEXT NOT NULL);
CREATE INDEX task_units_by_task ON task_units (task);
CREATE INDEX task_units_by_document ON task_units (document);
CREATE TABLE quantities (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, document INTEGER NOT NULL, position INTEGER NOT NULL, start INTEGER NOT NULL,
  end INTEGER NOT NULL, indicator TEXT, unit TEXT, status TEXT NOT NULL, measure TEXT NOT NULL, low REAL, high REAL,
  period_start TEXT, period_end TEXT, task TEXT, line BLOB NOT NULL, corrected BLOB, rejected INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX quantities_by_document ON quantities (document);
CREATE INDEX quantities_by_id ON quantities (id);
CREATE INDEX quantities_by_indicator ON quantities (indicator);
CREATE TABLE deadlines (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, document INTEGER NOT NULL, position INTEGER NOT NULL, start INTEGER NOT NULL,
  end INTEGER NOT NULL, relation TEXT NOT NULL, period_start TEXT, period_end TEXT, every TEXT, line BLOB NOT NULL,
  corrected BLOB, rejected INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX deadlines_by_document ON deadlines (document);
CREATE INDEX deadlines_by_id ON deadlines (id);
CREATE INDEX deadlines_by_end ON deadlines (period_end);
"""
# One row a document: its passages stand together, from the number `first` on. `facts` are what filters compare, `vectors` signed bytes.
_ARRAYS = """
CREATE TABLE arrays (
  document INTEGER PRIMARY KEY, first INTEGER NOT NULL, count INTEGER NOT NULL, facts BLOB NOT NULL, vectors BLOB NOT NULL
);
"""
_SKETCHES = """
CREATE TABLE sketches (hash INTEGER NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (hash, document)) WITHOUT ROWID;
CREATE INDEX sketches_by_document ON sketches (document);
"""
_CORRECTIONS = """
CREATE TABLE corrections (
  number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, action TEXT NOT NULL,
  undoes INTEGER, doc_id TEXT NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL, fields TEXT NOT NULL, line BLOB NOT NULL,
  quote TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL, section TEXT NOT NULL, clause TEXT
);
CREATE INDEX corrections_by_document ON corrections (doc_id);
CREATE TABLE placements (correction INTEGER PRIMARY KEY, record TEXT, how TEXT NOT NULL);
CREATE TRIGGER corrections_stay_as_they_are BEFORE UPDATE ON corrections
BEGIN SELECT raise(ABORT, 'corrections are never changed'); END;
CREATE TRIGGER corrections_stay BEFORE DELETE ON corrections
WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'removing' AND value = old.doc_id)
BEGIN SELECT raise(ABORT, 'corrections are never deleted while their document is there'); END;
"""
# Who may use the page, who is logged in, what each has put aside, and what was done. `mark` is a hash of what a cookie holds; a passage
# put aside is kept as its place, not its words, so that a removal leaves nothing behind.
_PAGE = """
CREATE TABLE users (
  name TEXT PRIMARY KEY, role TEXT NOT NULL, salt BLOB NOT NULL, token BLOB NOT NULL, created TEXT NOT NULL, expires TEXT, revoked TEXT
) WITHOUT ROWID;
CREATE TABLE page_sessions (mark BLOB PRIMARY KEY, user TEXT NOT NULL, expires TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE baskets (
  owner TEXT NOT NULL, doc_id TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, content_id TEXT NOT NULL, added TEXT NOT NULL,
  PRIMARY KEY (owner, doc_id, start, end)
) WITHOUT ROWID;
CREATE TABLE audit_log (
  number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL, address TEXT NOT NULL, action TEXT NOT NULL,
  what TEXT NOT NULL
);
CREATE TRIGGER audit_log_stays_as_it_is BEFORE UPDATE ON audit_log BEGIN SELECT raise(ABORT, 'the log is never changed'); END;
CREATE TRIGGER audit_log_stays BEFORE DELETE ON audit_log BEGIN SELECT raise(ABORT, 'the log is never deleted'); END;
"""
# Which wordings of indicators a person has joined or parted; of several decisions about two names the last holds.
_NAMES = """
CREATE TABLE name_decisions (
  number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, first TEXT NOT NULL,
  second TEXT NOT NULL
);
CREATE TRIGGER name_decisions_stay_as_they_are BEFORE UPDATE ON name_decisions
BEGIN SELECT raise(ABORT, 'decisions are never changed'); END;
CREATE TRIGGER name_decisions_stay BEFORE DELETE ON name_decisions BEGIN SELECT raise(ABORT, 'decisions are never deleted'); END;
"""
# The ledger: an item is one JSON line, with columns for what is asked often; what changed stands in rows that are only ever added.
_LEDGER = """
CREATE TABLE ledger_items (
  number TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, doc_id TEXT NOT NULL, year INTEGER NOT NULL, state TEXT NOT NULL, due TEXT,
  excluded INTEGER NOT NULL, line BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX ledger_items_by_document ON ledger_items (doc_id);
CREATE TABLE ledger_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, item TEXT NOT NULL, doc_id TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL,
  field TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, why TEXT NOT NULL
);
CREATE INDEX ledger_changes_by_item ON ledger_changes (item);
CREATE TABLE ledger_units (name TEXT NOT NULL, kind TEXT NOT NULL, line BLOB NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID;
CREATE TRIGGER ledger_changes_stay_as_they_are BEFORE UPDATE ON ledger_changes
BEGIN SELECT raise(ABORT, 'the history of the ledger is never changed'); END;
CREATE TRIGGER ledger_changes_stay BEFORE DELETE ON ledger_changes
WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'removing' AND value = old.doc_id)
BEGIN SELECT raise(ABORT, 'the history of the ledger is never deleted while its document is there'); END;
"""
# What people decided about first judgements (机器初判): what a document promised, judged by another; of several the last holds.
_JUDGEMENTS = """
CREATE TABLE judgements (
  number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL, doc_id TEXT NOT NULL, record TEXT NOT NULL,
  other TEXT NOT NULL, verdict TEXT NOT NULL, why TEXT NOT NULL
);
CREATE INDEX judgements_by_document ON judgements (doc_id, other);
CREATE TRIGGER judgements_stay_as_they_are BEFORE UPDATE ON judgements BEGIN SELECT raise(ABORT, 'judgements are never changed'); END;
CREATE TRIGGER judgements_stay BEFORE DELETE ON judgements
WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'removing' AND value IN (old.doc_id, old.other))
BEGIN SELECT raise(ABORT, 'judgements are never deleted while their documents are there'); END;
"""
TABLES = _DOCUMENTS + _KEYWORDS + _PIECES + _RECORDS + _ARRAYS + _SKETCHES + _CORRECTIONS + _PAGE + _NAMES + _LEDGER + _JUDGEMENTS


def create(connection: Connection) -> None:
    """Make the tables of this version in an empty file."""
    connection.execute(TABLES)
    connection.execute("INSERT INTO meta VALUES ('generation', '0')")
    connection.pragma("application_id", APPLICATION)
    connection.pragma("user_version", VERSION)


def migrate(connection: Connection) -> None:
    """Bring the tables up to this version, step by step; the caller holds the transaction."""
    for version in range(int(connection.pragma("user_version")), VERSION):
        STEPS[version](connection)
        connection.pragma("user_version", version + 1)


def _from_1(connection: Connection) -> None:
    """Version 2 keeps corrections, knows copies by a sketch of their text, and packs what filters compare beside the vectors."""
    from pipeline.store.duplicates import add_sketch, sketch
    from pipeline.store.passages import pack_facts

    connection.execute("CREATE INDEX documents_by_original ON documents (duplicate_of) WHERE duplicate_of IS NOT NULL")
    connection.execute(_PIECES + _ARRAYS + _SKETCHES + _CORRECTIONS)
    for table in ("tasks", "quantities", "deadlines"):
        connection.execute(f"ALTER TABLE {table} ADD COLUMN corrected BLOB")
        connection.execute(f"ALTER TABLE {table} ADD COLUMN rejected INTEGER NOT NULL DEFAULT 0")
    for document, first, count, data in connection.execute("SELECT document, first, count, data FROM vectors").fetchall():
        facts = connection.execute(
            "SELECT years, flags, due_first, due_last FROM passages WHERE document = ? ORDER BY number", (document,)
        ).fetchall()
        connection.execute("INSERT INTO arrays VALUES (?,?,?,?,?)", (document, first, count, pack_facts(facts), data))
    connection.execute("DROP TABLE vectors")
    for number, text in connection.execute("SELECT number, text FROM documents").fetchall():
        add_sketch(connection, number, sketch(text))


def _from_2(connection: Connection) -> None:
    """Version 3 knows the users of the page, and keeps a log of what they did."""
    connection.execute(_PAGE)


def _from_3(connection: Connection) -> None:
    """Version 4 keeps what people decide about the names of indicators."""
    connection.execute(_NAMES)


def _from_4(connection: Connection) -> None:
    """Version 5 keeps the ledger."""
    connection.execute(_LEDGER)


def _from_5(connection: Connection) -> None:
    """Version 6 keeps what people decided about first judgements."""
    connection.execute(_JUDGEMENTS)


STEPS = {1: _from_1, 2: _from_2, 3: _from_3, 4: _from_4, 5: _from_5}
