"""Every door of the page, found by walking its routes: what a stranger, a viewer and an editor get at each."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from pipeline.batch import Options
from pipeline.store import open_store
from pipeline.store.ingest import ingest
from pipeline.web.app import ROUTES
from pipeline.web.sessions import ADDRESS_ATTEMPTS, ATTEMPTS, REMEMBERED, Attempts
from tests.web_fixtures import PLAN, add_token, built_store, doc_id, first_record, form_mark, log_in, office, page_client

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["built_store", "office"]  # fixtures

OPEN = {"/login", "/openapi.json", "/static"}  # all that a stranger may see
VIEWERS = {"/login", "/logout", "/basket/add", "/basket/remove", "/draft"}  # what a viewer may send: nothing of it changes records
EDITORS_READ = {"/upload", "/gold"}
ADMINS = {"/users", "/log", "/users/add", "/users/revoke"}


def routes(method: str) -> list[str]:
    """The paths that answer to a method, as the parts of the page have them."""
    found = [route for name in ROUTES for route in import_module(f"pipeline.web.routes_{name}").router.routes]
    return sorted({route.path for route in found if method in route.methods})


def held(store: Path) -> list[bytes]:
    """The bytes of a store, and of what was written to it last (an empty journal, which readers leave, holds nothing)."""
    files = [path for path in sorted(store.parent.glob(f"{store.name}*")) if path.is_file() and not path.name.endswith("-shm")]
    return [content for content in (path.read_bytes() for path in files) if content]


def plain(path: str) -> str:
    """A path without the ending of a twin."""
    return path.rpartition(".")[0] if path.endswith((".json", ".csv", ".xlsx", ".docx", ".svg")) else path


def test_every_change_wants_our_mark(office: Path) -> None:
    """Each way to send something, whoever wrote it: 403 without the mark, with a stranger's, and from another site; nothing is written."""
    with page_client(office) as client, page_client(office) as other:
        paths, mark, strange = routes("POST"), form_mark(client), form_mark(other)
        before = held(office)
        for path in paths:
            for given in ({}, {"csrf": ""}, {"csrf": strange}, {"csrf": mark[:-1]}):
                assert (path, 403) == (path, client.post(path, data=given).status_code)
            for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
                answer = client.post(path, data={"csrf": mark}, headers={"origin": origin})
                assert (path, 403) == (path, answer.status_code)
        assert before == held(office)
    assert {"/correct", "/login", "/upload", "/ledger/build", "/verdicts", "/names"} <= set(paths)


def test_strangers_see_the_login_and_nothing_else(office: Path) -> None:
    """Where people log in, every path leads a stranger to the log-in or says no."""
    with page_client(office, login=True) as client:
        mark = form_mark(client)
        for path in routes("GET"):
            if path not in OPEN:
                assert (path, True) == (path, client.get(path, params={"id": "x"}).status_code in (303, 401))
        for path in routes("POST"):
            if path != "/login":
                assert (path, True) == (path, client.post(path, data={"csrf": mark}).status_code in (303, 401))


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_nobody_does_more_than_the_role_allows(office: Path, role: str) -> None:
    """Every path, asked with a good mark: what is above the role is 403, before anything else is looked at."""
    token = add_token(office, "李四", role)  # type: ignore[arg-type]
    above = ADMINS if role == "editor" else ADMINS | EDITORS_READ
    with page_client(office, login=True) as client:
        log_in(client, "李四", token)
        mark = form_mark(client, "/search")
        for path in routes("GET"):
            answer = client.get(path, params={"id": "x"})
            if path == "/":
                continue
            assert (path, plain(path) in above) == (path, answer.status_code == 403), answer.text[:300]
        for path in routes("POST"):
            if path in ("/logout", "/login"):
                continue
            answer = client.post(path, data={"csrf": mark})
            refused = path in ADMINS or (role == "viewer" and path not in VIEWERS)
            assert (path, refused) == (path, answer.status_code == 403), answer.text[:300]


def test_every_answer_has_the_policy(office: Path) -> None:
    """Pages, twins, charts, refusals: none without the policy, and none that allows a script of another's."""
    with page_client(office) as client:
        for path in [*routes("GET"), "/nowhere", "/static/none.js", "/search?year=x", "/indicator.svg?place=澜川市&indicator=x"]:
            answer = client.get(path)
            policy = answer.headers["content-security-policy"]
            assert (path, True, False) == (path, "default-src 'none'" in policy, "script-src" in policy and "unsafe" in policy)
            assert (path, "nosniff") == (path, answer.headers["x-content-type-options"])


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/search", "/correct", "/documents.json"])
def test_unknown_methods_are_told_plainly(office: Path, method: str, path: str) -> None:
    """What is no way to ask is said in the office's language."""
    with page_client(office) as client:
        answer = client.request(method, path)
    assert (405, True, False) == (answer.status_code, "不能这样打开" in answer.text, "Method" in answer.text)


def test_attempts_by_many_names_are_limited_by_address(office: Path) -> None:
    """One who tries name after name is stopped, too; the right token of another address still lets in."""
    with page_client(office, login=True) as client:
        found = [log_in(client, f"某人{number}", "wrong").status_code for number in range(ADDRESS_ATTEMPTS + 2)]
    assert [401] * ADDRESS_ATTEMPTS + [429, 429] == found


def test_own_login_does_not_wipe_out_the_failures_of_an_address() -> None:
    """Who has an account cannot guess at others' without end by logging in between."""
    attempts = Attempts()
    for number in range(ADDRESS_ATTEMPTS):
        assert attempts.begin(f"name {number}", "10.0.0.9")
        attempts.begin("own", "10.0.0.8")
        attempts.succeeded("own", "10.0.0.8")
    assert not attempts.begin("another", "10.0.0.9")
    assert attempts.begin("own", "10.0.0.8")


def test_attempts_at_one_moment_are_all_counted() -> None:
    """Attempts count from when they begin: a hundred at once are not a hundred guesses."""
    attempts = Attempts()
    assert ATTEMPTS == sum(attempts.begin("李四", f"10.0.0.{number}") for number in range(100))


@pytest.mark.parametrize(
    ("addresses", "allowed"),
    [
        ([f"2001:db8:1:2::{number:x}" for number in range(40)], ADDRESS_ATTEMPTS),
        ([f"10.0.0.{number}" for number in range(40)], 40),
        ([f"::ffff:10.0.0.{number}" for number in range(40)], 40),
        (["x y"] * 40, ADDRESS_ATTEMPTS),
    ],
)
def test_a_network_of_one_house_counts_as_one_address(addresses: list[str], allowed: int) -> None:
    """Of an IPv6 address the first half counts: the other half is the caller's to choose."""
    attempts = Attempts()
    assert allowed == sum(attempts.begin(f"name {number}", address) for number, address in enumerate(addresses))


def test_memory_of_attempts_is_bounded() -> None:
    """However many names are tried, what is remembered does not grow; the latest ones are kept."""
    attempts = Attempts()
    for number in range(3 * REMEMBERED):
        attempts.begin(f"name {number}", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(attempts) <= REMEMBERED


def test_text_leaves_without_telephones_unless_an_editor_asks(office: Path) -> None:
    """The text to download is hidden like every export, character for character, and whole only for who may correct."""
    viewer, editor = add_token(office, "李四", "viewer"), add_token(office, "王五", "editor")
    name = doc_id(office, "2024_澜川市_工作要点")
    texts, refused = [], []
    for who, token in (("李四", viewer), ("王五", editor)):
        with page_client(office, login=True) as client:
            log_in(client, who, token)
            texts.append(client.get("/text", params={"id": name}).text)
            refused.append(client.get("/text", params={"id": name, "unmasked": "1"}))
    assert ["138******78" in text and "13812345678" not in text for text in texts] == [True, True]
    assert (403, True) == (refused[0].status_code, "13812345678" in refused[1].text)
    assert len(texts[0]) == len(refused[1].text)


def test_log_is_written_in_the_office_s_words(office: Path) -> None:
    """What was done reads as Chinese, addresses are decoded, moments are those of the clock on the wall; the twin has all of it."""
    record = first_record(office, doc_id(office, "2024"))
    with page_client(office) as client:
        mark = form_mark(client)
        client.get("/search.csv", params={"q": "停车位"})
        client.post("/correct", data={"csrf": mark, "id": record, "action": "confirm", "seen": "0"})
        client.post("/names", data={"csrf": mark, "first": "停车位", "second": "泊位", "action": "join"})
        client.post("/users/add", data={"csrf": mark, "name": "李四", "role": "editor", "days": "9"})
        shown, sheet = client.get("/log").text, client.get("/log.csv").text
    for words in ("/search.csv?q=停车位", f"确认 {record}", "停车位 是同一指标 泊位", "新增 李四（校核）"):
        assert words in shown
        assert words in sheet
    assert not re.search(r"confirm|join|add |editor|%E5|\d{4}-\d\d-\d\dT", sheet)


def test_copies_are_named_by_title_not_by_place_on_the_server(office: Path, tmp_path: Path) -> None:
    """Neither the list of documents nor the doubts nor the document itself show a folder of the server."""
    other = tmp_path / "另一处" / "2024_澜川市_工作要点_副本.txt"
    other.parent.mkdir()
    other.write_text(PLAN, "utf-8")
    with open_store(office) as store:
        ingest([other], store, Options())
        copy = store.select("SELECT doc_id FROM documents WHERE duplicate_of IS NOT NULL")[0][0]
    with page_client(office) as client:
        for path, query in (("/documents", {}), ("/warnings", {}), ("/document", {"id": copy})):
            for ending in ("", ".json", ".csv"):
                told = client.get(path + ending, params=query).text
                assert (path, False) == (path, ".txt（" in told), told
            assert "与库内《澜川市2024年工作要点》内容相同" in client.get(path, params=query).text


def test_log_of_the_ledger_is_in_words_too(office: Path) -> None:
    """What was done with the ledger reads as its buttons do."""
    with page_client(office) as client:
        mark = form_mark(client)
        client.post("/ledger/build", data={"csrf": mark, "document": doc_id(office, "2024_澜川市_工作要点"), "who": "李四"})
        client.post("/ledger/many", data={"csrf": mark, "numbers": "2024-0001", "action": "lead", "names": "市水务局", "who": "李四"})
        client.post("/ledger/units", data={"csrf": mark, "action": "unit", "name": "市水务局", "short": "", "former": "", "who": "李四"})
        told = [row["what"] for row in client.get("/log.json").json()["rows"]]
    assert ["单位 市水务局", "指定牵头单位 2024-0001"] == told[:2]
    assert told[2].startswith("列入台账 ")
