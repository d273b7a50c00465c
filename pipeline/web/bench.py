"""Measure the page: how long each view takes on the server, and fifty people at once.

Reads: a store. Writes: lines for the table of ``pipeline.bench``.

The server runs in a process of its own, as in the office; views are asked for with other documents and queries each time. The time of
a view is taken by the server, from the first byte of the request to the last of the answer.
"""

from __future__ import annotations

import http.client
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pipeline.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

_WANTED_MS = 150
_EACH = 40  # times that each view is asked for alone
_PEOPLE, _SECONDS = 50, 60
_PAUSE = 1.0  # seconds that a person looks at a page, on average: less than anybody does
_QUERIES = (
    "公共停车位", "城镇污水收集率目标", "去年新增多少停车位", "没有责任单位的任务", "老旧小区改造完成情况", "今年GDP增长目标", "窨井盖",
    "年底前到期的任务", "空气质量优良天数", "老人没人做饭", "义务教育学位", "高标准农田",
)  # fmt: skip


@dataclass(slots=True)
class _Taken:
    """Seconds by view, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    troubles: list[str] = field(default_factory=list)


def page_lines(db: Path, seconds: float = _SECONDS) -> Iterator[str]:
    """Each view alone, then fifty people for a minute, over the store at ``db``; without the extra ``page`` a line that says so."""
    if find_spec("uvicorn") is None or find_spec("fastapi") is None:
        yield "page        not measured: needs the extra page"
        return
    addresses = _addresses(db)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "pipeline.web.bench", str(db), str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as server:  # noqa: S603 - this module
        try:
            _wait(port)
            yield from _alone(port, addresses)
            yield from _together(port, addresses, seconds)
        finally:
            server.terminate()


def _addresses(db: Path) -> dict[str, list[str]]:
    """For each view the links that are asked for."""
    drawn = random.Random(1)  # noqa: S311 - no secret
    with open_store(db) as store:  # brings an older store up to date before the server opens it
        names = [name for (name,) in store.select("SELECT doc_id FROM documents WHERE duplicate_of IS NULL ORDER BY doc_id")]
        records = [name for (name,) in store.select("SELECT id FROM quantities ORDER BY id")]
    documents, chosen = (drawn.choices(found, k=_EACH) if found else [] for found in (names, records))
    found = {
        "/search": [f"/search?q={quote(query)}" for query in _QUERIES],
        "/search.json": [f"/search.json?q={quote(query)}" for query in _QUERIES],
        "/documents": ["/documents", "/documents?sort=title", "/documents?year=2024"],
        "/document": [f"/document?id={quote(name)}" for name in documents],
        "/record": [f"/record?id={quote(name)}" for name in chosen],
        "/corrections": ["/corrections"],
        "/sample": [f"/sample?seed={seed}&kind={kind}" for seed in range(5) for kind in ("task", "quantity", "deadline")],
        "/basket": ["/basket"],
    }
    return {name: links for name, links in (found | _tracked(db)).items() if links}


def _tracked(db: Path) -> dict[str, list[str]]:
    """Links to the views of tracking and of the ledger that the page has, with places of the store."""
    from pipeline.web.app import create_app
    from pipeline.web.page import templates
    from pipeline.web.settings import Settings

    create_app(Settings(db))
    paths: Any = templates().globals["paths"]
    with open_store(db, readonly=True) as store:
        rows = store.select(
            "SELECT d.place, q.indicator FROM quantities q JOIN documents d ON d.number = q.document"
            " WHERE d.place IS NOT NULL AND q.indicator IS NOT NULL GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 20"
        )
    links: dict[str, list[str]] = {}
    for path in ("/indicator", "/place", "/compare", "/reconcile", "/units", "/due", "/ledger", "/warnings"):
        if path in paths:
            links[path] = [f"{path}?place={quote(place)}&indicator={quote(name)}" for place, name in rows] if rows else [path]
    return links


def _alone(port: int, addresses: dict[str, list[str]]) -> Iterator[str]:
    taken = _Taken()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for name, links in addresses.items():
        for number in range(_EACH + 1):
            seconds = _ask(connection, links[number % len(links)], taken)
            if number:  # the first one opens files and compiles templates
                taken.seconds[name].append(seconds)
    connection.close()
    worst = max(_percentile(times, 0.95) for times in taken.seconds.values())
    yield f"page        {worst * 1000:>12.0f} ms server time at p95 of the slowest view (at most {_WANTED_MS} is wanted)"
    told = "; ".join(
        f"{name} {_percentile(times, 0.5) * 1000:.0f} and {_percentile(times, 0.95) * 1000:.0f}" for name, times in taken.seconds.items()
    )
    yield f"            ms at p50 and p95: {told}"
    if taken.troubles:
        yield f"            {len(taken.troubles)} errors: {taken.troubles[0]}"


def _together(port: int, addresses: dict[str, list[str]], seconds: float) -> Iterator[str]:
    """Fifty people who each look at a page for a while and then open another one."""
    links = [link for found in addresses.values() for link in found]
    taken, end = _Taken(), time.monotonic() + seconds
    lock = threading.Lock()

    def person(number: int) -> None:
        drawn = random.Random(number)  # noqa: S311 - no secret
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < end:
            time.sleep(drawn.expovariate(1 / _PAUSE))
            start = time.perf_counter()
            try:
                _ask(connection, drawn.choice(links), taken)
            except OSError as error:
                with lock:
                    taken.troubles.append(repr(error))
                connection.close()
            with lock:
                taken.seconds["all"].append(time.perf_counter() - start)

    people = [threading.Thread(target=person, args=(number,)) for number in range(_PEOPLE)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
    times = taken.seconds["all"]
    told = f"{len(times) / seconds:.0f} pages/s, p50 {_percentile(times, 0.5) * 1000:.0f} ms, p95 {_percentile(times, 0.95) * 1000:.0f} ms"
    yield f"            {len(taken.troubles):>12} errors with {_PEOPLE} people for {seconds:.0f} s (none is wanted): {told} with waiting"
    if taken.troubles:
        yield f"            the first: {taken.troubles[0]}"


def _ask(connection: http.client.HTTPConnection, link: str, taken: _Taken) -> float:
    """Ask for a link, and give the seconds that the server took by its own clock."""
    connection.request("GET", link)
    answer = connection.getresponse()
    answer.read()
    if answer.status >= 400:
        taken.troubles.append(f"{answer.status} {link}")
    return float(answer.headers.get("x-seconds", "nan"))


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _wait(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


class _Clock:
    """Tells in a header how long an answer took to make."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        start = time.perf_counter()

        async def timed(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-seconds", f"{time.perf_counter() - start:.6f}".encode())]
            await send(message)

        await self.app(scope, receive, timed)


def _serve(db: Path, port: int) -> None:
    import uvicorn

    from pipeline.web.app import create_app
    from pipeline.web.settings import Settings

    uvicorn.run(_Clock(create_app(Settings(db))), port=port, log_level="error", access_log=False, timeout_keep_alive=75)


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[2].isdigit():
        _serve(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        for line in page_lines(Path(sys.argv[1])):
            sys.stdout.write(f"{line}\n")
