"""What the tests of the page share: a store of a few invented documents, and the page over a copy of it."""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra page")
pytest.importorskip("httpx", reason="needs the extra test")

from starlette.testclient import TestClient

from pipeline.batch import Options
from pipeline.store import open_store
from pipeline.store.ingest import ingest
from pipeline.web.app import create_app
from pipeline.web.settings import Settings
from pipeline.web.users import Role, add_user

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAN = (
    "澜川市2024年工作要点\n一、重点任务\n到2024年底，市住建局新建公共停车位4500个以上。力争城市生活污水集中收集率达到75%。\n"
    "联系人：张三，13812345678。\n"
)
REVIEW = "澜川市2024年工作总结\n一、2024年工作回顾\n新建公共停车位4620个。城市生活污水集中收集率达到71%。\n"
HOSTILE = (
    "澜川市<script>alert(1)</script>2025年工作要点\n一、<img src=x onerror=alert(1)>重点任务\n"
    "到2025年底，市住建局新建<b>公共停车位</b>{{ 7*7 }}4500个以上，=cmd|' /C calc'!A0。\n</article></main><svg onload=alert(1)>\n"
)


@pytest.fixture(scope="session")
def built_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three short documents, one of them hostile, with their files beside it."""
    folder = tmp_path_factory.mktemp("page")
    for name, text in {"2024_澜川市_工作要点": PLAN, "2024_澜川市_工作总结": REVIEW, "2025_澜川市_<script>工作要点": HOSTILE}.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    with open_store(folder / "office.db", create=True) as store:
        ingest(sorted(folder.glob("*.txt")), store, Options())
    return folder / "office.db"


@pytest.fixture
def office(built_store: Path, tmp_path: Path) -> Path:
    """A copy of the store for one test."""
    target = tmp_path / "office.db"
    shutil.copyfile(built_store, target)
    return target


@contextmanager
def page_client(store: Path, **settings: Any) -> Iterator[TestClient]:
    """The page over a store, asked without a network; a fault inside becomes an answer, as for a user."""
    app = create_app(Settings(db=store, hosts=("testserver",), **settings))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def form_mark(client: TestClient, path: str = "/login") -> str:
    """The mark that a form of this visitor must bear."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(path).text)
    assert found, path
    return found[1]


def add_token(store: Path, name: str, role: Role, days: int | None = 1) -> str:
    """A new user's token."""
    with open_store(store) as opened:
        return add_user(opened, name, role, days)


def log_in(client: TestClient, name: str, token: str) -> Any:
    """Log in as a user does, and give the answer."""
    return client.post("/login", data={"csrf": form_mark(client), "name": name, "token": token, "next": "/search"})


def doc_id(store: Path, start: str) -> str:
    """The document whose name starts so."""
    with open_store(store, readonly=True) as opened:
        return str(opened.select("SELECT doc_id FROM documents WHERE doc_id >= ? ORDER BY doc_id", start)[0][0])


def first_record(store: Path, doc: str, table: str = "quantities") -> str:
    """The first record of a document."""
    with open_store(store, readonly=True) as opened:
        sql = f"SELECT r.id FROM {table} r JOIN documents d ON d.number = r.document WHERE d.doc_id = ? ORDER BY r.position"  # noqa: S608
        return str(opened.select(sql, doc)[0][0])
