"""Measure the page: how long each view takes on the server, what a change of the ledger costs, and fifty people at once.

Reads: a store, and works on a copy of it with plans taken into the ledger. Writes: lines for the table of ``pipeline.bench``.

The server runs in a process of its own, as in the office; views are asked for with other documents and queries each time. The time of
a view is taken by the server, from the first byte of the request to the last of the answer; beside it stands its processor time, which
does not count what other programs of the machine take.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from pipeline.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

_WANTED_MS = 150
_EACH = 40  # times that each view is asked for alone
_PEOPLE, _SECONDS = 50, 60
_PLANS = 12  # documents that are taken into the ledger
_CHANGES = 10
_WARM = 200  # seconds that the server has at most to make ready what it makes aside
_PAUSE = 1.0  # seconds that a person looks at a page, on average: less than anybody does
_QUERIES = (
    "公共停车位", "城镇污水收集率目标", "去年新增多少停车位", "没有责任单位的任务", "老旧小区改造完成情况", "今年GDP增长目标", "窨井盖",
    "年底前到期的任务", "空气质量优良天数", "老人没人做饭", "义务教育学位", "高标准农田", "谁负责城市更新", "各省城镇新增就业目标",
    "财政部牵头的任务", "2024年数据有没有矛盾",
)  # fmt: skip


@dataclass(slots=True)
class _Taken:
    """Seconds by view, on the clock and of the processor, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    worked: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    troubles: list[str] = field(default_factory=list)


def page_lines(db: Path, seconds: float = _SECONDS) -> Iterator[str]:
    """Each view alone, then fifty people for a minute, over the store at ``db``; without the extra ``page`` a line that says so."""
    if find_spec("uvicorn") is None or find_spec("fastapi") is None:
        yield "page        not measured: needs the extra page"
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "page.db"
        shutil.copyfile(db, copy)
        numbers = _take_plans(copy)
        addresses = _addresses(copy, numbers)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "pipeline.web.bench", str(copy), str(port)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as server:  # noqa: S603 - this module
            try:
                _wait(port)
                yield from _first(port, addresses)
                yield from _alone(port, addresses)
                yield from _after_changes(port, addresses, numbers)
                yield from _together(port, addresses, seconds)
            finally:
                server.terminate()


def _take_plans(db: Path) -> list[str]:
    """Take plans of the store into its ledger; the numbers of the items."""
    from pipeline.ledger.build import build
    from pipeline.ledger.items import By

    with open_store(db) as store:  # brings an older store up to date before the server opens it
        plans = [row["doc_id"] for row in store.documents() if row["plan_year"] and row["place"] and not row["duplicate_of"]]
        if plans:
            build(store, plans[:_PLANS], By("bench", "2025-01-02T09:00:00+08:00"))
        return [number for (number,) in store.select("SELECT number FROM ledger_items WHERE NOT excluded ORDER BY number")]


def _addresses(db: Path, numbers: list[str]) -> dict[str, list[str]]:
    """For each view the links that are asked for."""
    drawn = random.Random(1)  # noqa: S311 - no secret
    with open_store(db, readonly=True) as store:
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
        "/ledger/item": [f"/ledger/item?number={number}" for number in (drawn.choices(numbers, k=_EACH) if numbers else ())],
    }
    return {name: links for name, links in (found | _tracked(db)).items() if links}


def _tracked(db: Path) -> dict[str, list[str]]:
    """Links to the views of tracking and of the ledger that the page has, with places of the store."""
    from pipeline.web.app import create_app
    from pipeline.web.page import templates
    from pipeline.web.routes_reconcile import _choices
    from pipeline.web.settings import Settings

    create_app(Settings(db))
    paths: Any = templates().globals["paths"]
    with open_store(db, readonly=True) as store:
        years = [choice for choice in _choices(list(store.documents())) if choice[1] > 1990][:20]
        units = [unit for (unit,) in store.select("SELECT text FROM task_units GROUP BY 1 ORDER BY count(*) DESC LIMIT 20")]
        rows = store.select(
            "SELECT d.place, q.indicator FROM quantities q JOIN documents d ON d.number = q.document"
            " WHERE d.place IS NOT NULL AND q.indicator IS NOT NULL GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 20"
        )
    links: dict[str, list[str]] = {}
    asked: dict[str, list[dict[str, Any]]] = {
        "/indicator": [{"place": place, "indicator": name} for place, name in rows],
        "/place": [{"place": place} for place, _ in years],
        "/compare": [{"indicator": name} for _, name in rows],
        "/reconcile": [{"place": place, "year": year} for place, year in years],
        "/warnings": [{}, *({"place": place} for place, _ in years), *({"place": place} for place, _ in rows[:1])],
        "/units": [{}, *({"unit": unit} for unit in units), *({"unit": unit, "source": "documents"} for unit in units)],
        "/due": [{}, {"source": "documents"}, {"due_after": "2024-01-01", "due_before": "2024-12-31"}],
        "/ledger": [{}, {"state": "未启动"}, {"light": "灰"}, {"q": "建设"}, *({"unit": unit} for unit in units[:5])],
        "/ledger/report": [{}],
    }  # fmt: skip
    for path, found in asked.items():
        if path in paths:
            links[path] = [f"{path}?{urlencode(one)}" if one else path for one in found or [{}]]
    return links


def _first(port: int, addresses: dict[str, list[str]]) -> Iterator[str]:
    """What the first request for each view costs right after the start, and the first for each link once all is made ready aside."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    start = time.monotonic()
    told = _slowest({name: [_ask(connection, links[0], _Taken())] for name, links in addresses.items()})
    yield f"            ms of the first request for each view right after the start: {told}"
    while time.monotonic() < start + _WARM and not _is_ready(connection, addresses):
        time.sleep(1)
    yield f"            {time.monotonic() - start:.0f} s after the start all is made ready aside"
    told = _slowest({name: [_ask(connection, link, _Taken()) for link in dict.fromkeys(links)] for name, links in addresses.items()})
    yield f"            ms of the slowest first request for a link then: {told}"
    connection.close()


def _slowest(taken: dict[str, list[float]]) -> str:
    worst = sorted(((max(seconds), name) for name, seconds in taken.items()), reverse=True)
    return "; ".join(f"{name} {seconds * 1000:.0f}" for seconds, name in worst)


def _is_ready(connection: http.client.HTTPConnection, addresses: dict[str, list[str]]) -> bool:
    """Whether all series are followed, and all sums of the place with most documents checked."""
    for path, sign in (("/compare", b'"ready":true'), ("/warnings", b'"waiting":0')):
        for link in addresses.get(path, [])[-1:]:
            connection.request("GET", link.replace(path, f"{path}.json", 1))
            if sign not in connection.getresponse().read():
                return False
    return True


def _after_changes(port: int, addresses: dict[str, list[str]], numbers: list[str]) -> Iterator[str]:
    """What views take straight after somebody has reported progress in the ledger."""
    if not numbers:
        return
    taken = _Taken()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for turn in range(_CHANGES):
        _report_progress(connection, numbers[turn % len(numbers)], taken)
        for name in ("/ledger", "/search", "/due", "/place"):
            taken.seconds[name].append(_ask(connection, addresses[name][turn % len(addresses[name])], taken))
    connection.close()
    told = "; ".join(f"{name} {max(times) * 1000:.0f}" for name, times in taken.seconds.items())
    yield f"            ms at most after each of {_CHANGES} changes of the ledger: {told}; {len(taken.troubles)} errors"


def _report_progress(connection: http.client.HTTPConnection, number: str, taken: _Taken) -> None:
    """Report progress of an item as the form of its page does."""
    connection.request("GET", f"/ledger/item?number={number}")
    answer = connection.getresponse()
    shown, cookie = answer.read().decode(), (answer.headers.get("set-cookie") or "").partition(";")[0]
    marks = {name: re.search(rf'name="{name}" value="([^"]*)"', shown) for name in ("csrf", "seen")}
    form = {name: found[1] if found else "" for name, found in marks.items()}
    form |= {"number": number, "action": "progress", "text": "bench", "who": "bench"}
    headers = {"content-type": "application/x-www-form-urlencoded", "cookie": cookie}
    start = time.perf_counter()
    connection.request("POST", "/ledger/change", urlencode(form), headers)
    answer = connection.getresponse()
    answer.read()
    taken.seconds["the change itself"].append(time.perf_counter() - start)
    if answer.status >= 400:
        taken.troubles.append(f"{answer.status} /ledger/change")


def _alone(port: int, addresses: dict[str, list[str]]) -> Iterator[str]:
    taken = _Taken()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for name, links in addresses.items():
        for number in range(_EACH + 1):
            seconds = _ask(connection, links[number % len(links)], taken, name)
            if number:  # the first one opens files and compiles templates
                taken.seconds[name].append(seconds)
            else:
                taken.worked[name].clear()
    connection.close()
    worst = max(_percentile(times, 0.95) for times in taken.seconds.values())
    yield f"page        {worst * 1000:>12.0f} ms server time at p95 of the slowest view (at most {_WANTED_MS} is wanted)"
    told = "; ".join(
        f"{name} {_percentile(times, 0.5):.0f}, {_percentile(times, 0.95):.0f}, {_percentile(worked, 0.95):.0f}"
        for name, times, worked in ((name, _in_ms(times), _in_ms(taken.worked[name])) for name, times in taken.seconds.items())
    )
    yield f"            ms at p50, at p95, and of the processor at p95: {told}"
    if taken.troubles:
        yield f"            {len(taken.troubles)} errors: {taken.troubles[0]}"


def _together(port: int, addresses: dict[str, list[str]], seconds: float) -> Iterator[str]:
    """Fifty people who each look at a page for a while and then open another one."""
    views = list(addresses)
    taken, end = _Taken(), time.monotonic() + seconds
    lock = threading.Lock()

    def person(number: int) -> None:
        drawn = random.Random(number)  # noqa: S311 - no secret
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < end:
            time.sleep(drawn.expovariate(1 / _PAUSE))
            start = time.perf_counter()
            try:
                name = drawn.choice(views)
                seconds = _ask(connection, drawn.choice(addresses[name]), taken, name)
                with lock:
                    taken.seconds[name].append(seconds)
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
    times = taken.seconds.pop("all")
    told = f"{len(times) / seconds:.0f} pages/s, p50 {_percentile(times, 0.5) * 1000:.0f} ms, p95 {_percentile(times, 0.95) * 1000:.0f} ms"
    yield f"            {len(taken.troubles):>12} errors with {_PEOPLE} people for {seconds:.0f} s (none is wanted): {told} with waiting"
    each = "; ".join(f"{name} {_percentile(_in_ms(found), 0.95):.0f}" for name, found in sorted(taken.seconds.items()))
    yield f"            ms at p95 on the server then, waiting for the processor included: {each}"
    if taken.troubles:
        yield f"            the first: {taken.troubles[0]}"


def _ask(connection: http.client.HTTPConnection, link: str, taken: _Taken, name: str = "") -> float:
    """Ask for a link, and give the seconds that the server took by its own clock; its processor time is kept under ``name``."""
    connection.request("GET", link)
    answer = connection.getresponse()
    answer.read()
    if answer.status >= 400:
        taken.troubles.append(f"{answer.status} {link}")
    taken.worked[name].append(float(answer.headers.get("x-worked", "nan")))
    return float(answer.headers.get("x-seconds", "nan"))


def _in_ms(seconds: list[float]) -> list[float]:
    return [1000 * one for one in seconds]


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
        start, worked = time.perf_counter(), time.process_time()

        async def timed(message: Any) -> None:
            if message["type"] == "http.response.start":
                told = {b"x-seconds": time.perf_counter() - start, b"x-worked": time.process_time() - worked}
                message["headers"] = [*message["headers"], *((name, f"{seconds:.6f}".encode()) for name, seconds in told.items())]
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
