"""Make ready aside what takes long the first time, so that nobody waits for it: the index, series, pairs of documents, sums, charts.

Reads: the store of a page. Writes: what the views keep. Each view says itself what it makes ready, in small steps; between two steps as
much time is left to the people who look at pages as the step took.
"""

from __future__ import annotations

import contextlib
import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING

from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.web.library import Library
    from pipeline.web.settings import Settings

_MODULES = (
    "library",
    "charts",
    "tracked",
    "routes_reconcile",
    "routes_doubts",
)  # each has ``warm``; what is opened first comes first
_AFTER = 1.0  # seconds: a page that is only tried, as in tests, makes nothing ready
_LOOK = 20.0  # seconds until the store is looked at again for new documents


class Warming:
    """A thread that makes ready, and makes ready again when documents have come or gone."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self._library, self._settings = library, settings
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the step that is being done."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        pause, seen = _AFTER, None
        while not self._stop.wait(pause):
            state = self._state()
            if state != seen:
                seen = state
                for seconds in self._steps():
                    if self._stop.wait(seconds):
                        return
            pause = _LOOK

    def _state(self) -> object:
        with self._library.reading() as store:
            return store.select("SELECT count(*), max(number), total(revision) FROM documents")[0]

    def _steps(self) -> Iterator[float]:
        """How long each step took. What cannot be made ready is left to the view, which tells why."""
        for name in _MODULES:
            with contextlib.suppress(PipelineError, ImportError):
                start = time.perf_counter()
                for _ in import_module(f"pipeline.web.{name}").warm(self._library, self._settings):
                    yield time.perf_counter() - start
                    start = time.perf_counter()
