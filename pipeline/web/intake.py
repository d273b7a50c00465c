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

from pipeline.errors import PipelineError
from pipeline.web.reading import SECONDS, Found, Reader
from pipeline.web.words import message

if TYPE_CHECKING:
    from typing import BinaryIO

SUFFIXES = (".txt", ".html", ".htm", ".mht", ".mhtml", ".docx", ".pdf")
_UNWANTED = re.compile(r"[^\w（）〔〕【】《》“”·、，。—+-]+")
_STEM = 80  # characters of a name that are kept
_JOBS = 50  # jobs whose results can still be looked at
_PIECE = 1024 * 1024
_FOR_TERMINALS = "--allow-marked"


class IntakeError(PipelineError):
    """A file is not taken; the message says why."""


@dataclass(slots=True)
class Item:
    """A file of a job: ``result`` is None until it was read, then one of ``ingest``'s results, or ``copy``; ``doc_id`` if it was taken.

    ``earlier`` is where the upload that it takes the place of lies until it was read.
    """

    name: str
    path: Path | None
    result: str | None = None
    told: str = ""
    doc_id: str | None = None
    earlier: Path | None = None


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


def keep(file: BinaryIO, name: str, folder: Path) -> Path:
    """Write an uploaded file to a place of our choosing, of which its name decides nothing but the last part, cleaned.

    Files with the same bytes have one place, others of one name have several. Raises IntakeError for a kind of file that is not read.
    """
    clean = clean_name(name)
    digest = _digest(file)
    number, target = 0, folder / digest[:16] / clean
    while target.exists() and _digest_of(target) != digest:  # a new version took the place of these bytes
        number += 1
        target = folder / f"{digest[:16]}-{number}" / clean
    _write(file, target)
    return target


def keep_version(file: BinaryIO, earlier: Path) -> Path | None:
    """Write a new version to the place of an earlier upload; where the earlier one lies now, None where it had the same bytes."""
    if _digest(file) == _digest_of(earlier):
        return None
    aside = earlier.parent / f".{secrets.token_hex(8)}"
    earlier.replace(aside)
    _write(file, earlier)
    return aside


def _write(file: BinaryIO, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = target.parent / f".{secrets.token_hex(8)}"
    try:
        with waiting.open("xb") as copy:
            while piece := file.read(_PIECE):
                copy.write(piece)
        waiting.replace(target)
    finally:
        waiting.unlink(missing_ok=True)


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return _digest(file)


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
    """Jobs of this process; one is worked on at a time. A file that takes longer than ``seconds`` to read is given up."""

    def __init__(self, store: Path, seconds: float = SECONDS) -> None:
        self._store = store
        self._seconds = seconds
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
        with self._working, Reader(self._store, self._seconds) as reader:
            for item in job.items:
                if item.result is None and item.path is not None:
                    try:
                        found = reader.read(item.path)
                    except Exception as error:  # a fault at one file must not leave the others waiting
                        found = Found("failed", message("unread", what=type(error).__name__), None)
                    self._settle(item, item.path, found)

    def _settle(self, item: Item, path: Path, found: Found) -> None:
        """Tell what became of a file; one that was not taken in is not kept, and what it was to replace comes back."""
        if found.result == "failed" and item.earlier is not None:
            item.earlier.replace(path)
        elif found.result == "failed" and found.doc_id is None:
            path.unlink(missing_ok=True)
        elif item.earlier is not None:
            item.earlier.unlink(missing_ok=True)
        item.doc_id, item.told = found.doc_id, plainly(found.told, path, item.name)
        item.result = found.result


def plainly(told: str, path: Path, name: str) -> str:
    """What is said of a file, with the name that its sender knows and without advice for the command line."""
    return message("marked", name=name) if _FOR_TERMINALS in told else told.replace(str(path), name)
