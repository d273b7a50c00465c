"""Take uploaded files in: keep them under names that cannot lead anywhere, then read them one after the other while the page goes on.

Reads: uploaded files. Writes: files in one folder, documents of the store, ``Job``.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.batch import Options
from pipeline.errors import PipelineError
from pipeline.store import open_store
from pipeline.store.ingest import ingest
from pipeline.web.words import message

if TYPE_CHECKING:
    from typing import BinaryIO

SUFFIXES = (".txt", ".html", ".htm", ".mht", ".mhtml", ".docx", ".pdf")
_UNWANTED = re.compile(r"[^\w（）〔〕【】《》“”·、，。—+-]+")
_STEM = 80  # characters of a name that are kept
_JOBS = 50  # jobs whose results can still be looked at
_PIECE = 1024 * 1024


class IntakeError(PipelineError):
    """A file is not taken; the message says why."""


@dataclass(slots=True)
class Item:
    """A file of a job: ``result`` is None until it was read, then one of ``ingest``'s results, or ``copy``; ``doc_id`` if it was taken."""

    name: str
    path: Path | None
    result: str | None = None
    told: str = ""
    doc_id: str | None = None


@dataclass(slots=True)
class Job:
    """Files that somebody uploaded together."""

    name: str
    owner: str
    items: list[Item] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether all files were read."""
        return all(item.result is not None for item in self.items)


def keep(file: BinaryIO, name: str, folder: Path, replaced: Path | None = None) -> Path:
    """Write an uploaded file to a place of our choosing, of which its name decides nothing but the last part, cleaned.

    Files with the same bytes have one place, others of one name have several; ``replaced`` is an earlier upload that this one takes the
    place of. Raises IntakeError for a kind of file that is not read.
    """
    clean = clean_name(name)
    if replaced is not None:
        target = replaced
    else:
        digest = hashlib.sha256()
        while piece := file.read(_PIECE):
            digest.update(piece)
        file.seek(0)
        target = folder / digest.hexdigest()[:16] / clean
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = target.parent / f".{secrets.token_hex(8)}"
    try:
        with waiting.open("xb") as copy:
            while piece := file.read(_PIECE):
                copy.write(piece)
        waiting.replace(target)
    finally:
        waiting.unlink(missing_ok=True)
    return target


def clean_name(name: str) -> str:
    """The last part of a name without anything that means something to a file system. Raises IntakeError for an unknown kind."""
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    stem, dot, suffix = last.rpartition(".")
    ending = f"{dot}{suffix}".lower()
    if ending not in SUFFIXES:
        raise IntakeError(message("bad_file_kind", name=last[:_STEM], kinds=" ".join(SUFFIXES)))
    return (_UNWANTED.sub("_", stem).strip("_.")[:_STEM] or "document") + ending


def earlier_upload(folder: Path, name: str) -> Path | None:
    """The latest upload of this name."""
    found = [path for path in folder.glob("*/*") if path.name == clean_name(name)] if folder.is_dir() else []
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


class Intake:
    """Jobs of this process; one is worked on at a time."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._jobs: dict[str, Job] = {}
        self._working = threading.Lock()

    def begin(self, owner: str, items: list[Item]) -> Job:
        """Start to read files; the job tells how far it is."""
        job = Job(secrets.token_urlsafe(12), owner, items)
        while len(self._jobs) >= _JOBS:
            self._jobs.pop(next(iter(self._jobs)))
        self._jobs[job.name] = job
        threading.Thread(target=self._work, args=(job,), daemon=True).start()
        return job

    def find(self, name: str, owner: str) -> Job | None:
        """The job of this name if it is the owner's."""
        job = self._jobs.get(name)
        return job if job is not None and job.owner == owner else None

    def _work(self, job: Job) -> None:
        with self._working:
            for item in job.items:
                if item.result is None and item.path is not None:
                    try:
                        self._take(item, item.path)
                    except PipelineError as error:
                        item.told, item.result = str(error), "failed"
                    except Exception as error:  # a fault in one file must not leave the others waiting
                        item.told, item.result = message("unread", what=type(error).__name__), "failed"

    def _take(self, item: Item, path: Path) -> None:
        with open_store(self._store) as store:
            summary = ingest([path], store, Options())
            found = store.select("SELECT doc_id FROM documents JOIN sources ON document = number WHERE path = ?", str(path.absolute()))
        item.doc_id = found[0][0] if found else None
        if summary.failures:
            item.told = summary.failures[0].replace(str(path), item.name)
            item.result = "failed"
        elif summary.copies:
            item.told, item.result = summary.copies[0][1].rpartition("/")[2], "copy"
        else:
            item.result = next(result for result, count in summary.counts.items() if count)
