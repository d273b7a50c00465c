"""What keeps the page safe: who gets in, what each may do, what forms must bear, what is written down."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from pipeline.store import open_store
from pipeline.web.users import UserError, check_token, revoke_user, users
from tests.conftest import run_cli
from tests.web_fixtures import add_token, built_store, doc_id, first_record, form_mark, log_in, office, page_client

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["built_store", "office"]  # fixtures

VIEWS = [
    "/search?q=停车位",
    "/documents",
    "/document?id=x",
    "/record?id=x",
    "/basket",
    "/corrections",
    "/sample",
    "/upload",
    "/users",
    "/log",
    "/original?id=x",
    "/text?id=x",
    "/gold?id=x",
    "/basket.docx",
]
CHANGES = [
    "/basket/add",
    "/basket/remove",
    "/correct",
    "/correct/add",
    "/correct/undo",
    "/upload",
    "/users/add",
    "/users/revoke",
    "/logout",
]
RULES = {  # the lowest role that may
    "viewer": ["/search", "/documents", "/basket", "/corrections", "/sample"],
    "editor": ["/upload"],
    "admin": ["/users", "/log"],
}


@pytest.mark.parametrize("path", VIEWS)
def test_nobody_sees_anything_without_a_login(office: Path, path: str) -> None:
    """Every view leads to the log-in, every twin says no; no word of the store is shown."""
    with page_client(office, login=True) as client:
        answer = client.get(path)
        name, _, query = path.partition("?")
        if not name.endswith(".docx") and name not in ("/original", "/text", "/gold"):
            assert 401 == client.get(f"{name}.json?{query}").status_code
    assert (303, True) == (answer.status_code, answer.headers["location"].startswith("/login?next="))


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("login", [False, True])
def test_no_change_without_the_mark_of_our_form(office: Path, path: str, login: bool) -> None:
    """A form without the mark, with another's or with a made-up one changes nothing, also where nobody logs in."""
    with page_client(office, login=login) as client, page_client(office) as other:
        for mark in ("", "0" * 64, "é", form_mark(other)):
            assert client.post(path, data={"csrf": mark, "id": "x"}).status_code in (403, 303 if login else 403)
        assert 403 == client.post(path, data={"csrf": form_mark(client)}, headers={"origin": "https://evil.example"}).status_code or login


@pytest.mark.parametrize(("role", "allowed"), [("viewer", 1), ("editor", 2), ("admin", 3)])
def test_each_role_sees_what_it_may(office: Path, role: str, allowed: int) -> None:
    """A viewer reads, an editor corrects and uploads, an administrator looks after users and reads the log."""
    token = add_token(office, "李四", role)  # type: ignore[arg-type]
    with page_client(office, login=True) as client:
        assert 303 == log_in(client, "李四", token).status_code
        for level, paths in enumerate(RULES.values(), start=1):
            for path in paths:
                assert (200 if level <= allowed else 403) == client.get(path).status_code, path


def test_viewer_cannot_change_anything(office: Path) -> None:
    """Also with a form of one's own making: corrections, uploads and users want a higher role."""
    token = add_token(office, "李四", "viewer")
    record = first_record(office, doc_id(office, "2024"))
    with page_client(office, login=True) as client:
        log_in(client, "李四", token)
        mark = form_mark(client, "/search")
        for path in ("/correct", "/correct/add", "/correct/undo", "/upload", "/users/add", "/users/revoke"):
            assert 403 == client.post(path, data={"csrf": mark, "id": record, "action": "reject"}).status_code, path
        assert 403 == client.get("/search.json?q=停车位&unmasked=1").status_code
        assert 200 == client.get("/search.json?q=停车位").status_code


@pytest.mark.parametrize(
    ("name", "token"), [("李四", "wrong"), ("王五", "{token}"), ("", ""), ("李四", ""), ("李四\x00", "{token}"), ("' OR 1=1 --", "x")]
)
def test_wrong_token_is_refused(office: Path, name: str, token: str) -> None:
    """Name and token must fit; what is said does not tell which was wrong."""
    good = add_token(office, "李四", "admin")
    with page_client(office, login=True) as client:
        answer = log_in(client, name, token.format(token=good))
        assert (401, True) == (answer.status_code, "用户名或口令不对" in answer.text)
        assert 303 == client.get("/search").status_code


def test_attempts_are_limited(office: Path) -> None:
    """After five failures nobody gets in for a while, not even with the right token."""
    token = add_token(office, "李四", "viewer")
    with page_client(office, login=True) as client:
        assert [401] * 5 == [log_in(client, "李四", "wrong").status_code for _ in range(5)]
        assert 429 == log_in(client, "李四", token).status_code


@pytest.mark.parametrize("cookie", ["x", "x.y", "é.é", ".", "a" * 5000, "{name}.{signature}0", "0{name}.{signature}", "{name}.", "{name}"])
def test_forged_cookie_is_worth_nothing(office: Path, cookie: str) -> None:
    """Whatever is sent for a cookie: without our signature one is a stranger."""
    token = add_token(office, "李四", "admin")
    with page_client(office, login=True) as client:
        log_in(client, "李四", token)
        name, _, signature = client.cookies["page"].partition(".")
        client.cookies.clear()
        made = cookie.format(name=name, signature=signature).encode()
        assert 303 == client.get("/users", headers={b"cookie": b"page=" + made}).status_code


def test_cookie_is_new_after_login_and_kept_from_scripts(office: Path) -> None:
    """A cookie that was planted before the log-in is worth nothing after it; scripts and other sites do not get it."""
    token = add_token(office, "李四", "viewer")
    with page_client(office, login=True, secure=True) as client:
        client.base_url = "https://testserver"
        form_mark(client)
        before = client.cookies["page"]
        answer = log_in(client, "李四", token)
        assert before != client.cookies["page"]
        for word in ("HttpOnly", "samesite=lax", "secure"):
            assert word.lower() in answer.headers["set-cookie"].lower()
        client.cookies.set("page", before)
        assert 1 == len(answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize("end", ["revoked", "expired", "logout", "session"])
def test_who_may_no_longer_come_in_is_out_at_once(office: Path, end: str) -> None:
    """Revocation, expiry and log-out end a session that is open."""
    token = add_token(office, "李四", "viewer")
    with page_client(office, login=True) as client:
        log_in(client, "李四", token)
        assert 200 == client.get("/search").status_code
        past = (datetime.now(UTC) - timedelta(seconds=5)).isoformat()
        with open_store(office) as store:
            if end == "revoked":
                revoke_user(store, "李四")
            elif end == "expired":
                store.connection.execute("UPDATE users SET expires = ?", (past,))
            elif end == "session":
                store.connection.execute("UPDATE page_sessions SET expires = ?", (past,))
        if end == "logout":
            cookie = client.cookies["page"]
            client.post("/logout", data={"csrf": form_mark(client, "/search")})
            client.cookies.set("page", cookie)
        assert 303 == client.get("/search").status_code


def test_tokens_are_kept_as_salted_hashes_only(office: Path) -> None:
    """Nothing in the file lets anybody in: neither the token nor what a cookie holds."""
    token = add_token(office, "李四", "viewer")
    with page_client(office, login=True) as client:
        log_in(client, "李四", token)
        visit = client.cookies["page"].partition(".")[0]
    with open_store(office, readonly=True) as store:
        held = repr([store.select(f"SELECT * FROM {table}") for table in ("users", "page_sessions", "audit_log", "meta")])  # noqa: S608
    assert token not in held
    assert visit not in held
    assert token.encode() not in office.read_bytes()


def test_users_are_unique_until_revoked(office: Path) -> None:
    """A name is not taken over; a new token ends the old one."""
    first = add_token(office, "李四", "viewer")
    with pytest.raises(UserError, match="已有用户"):
        add_token(office, "李四", "admin")
    with open_store(office) as store:
        revoke_user(store, "李四")
        assert check_token(store, "李四", first) is None
    second = add_token(office, "李四", "editor")
    with open_store(office) as store:
        assert check_token(store, "李四", first) is None
        user = check_token(store, "李四", second)
        assert [("李四", "editor")] == [(item.name, item.role) for item in users(store)]
    assert user is not None


@pytest.mark.parametrize("name", ["", "a b", "<script>", "x" * 41, "a\n"])
def test_names_of_users_are_plain(office: Path, name: str) -> None:
    """No markup, blanks or line ends in a name."""
    with pytest.raises(UserError):
        add_token(office, name, "viewer")


def test_what_is_done_is_written_down_and_stays(office: Path) -> None:
    """Log-ins, refusals, exports and corrections are in the log with who, when and where; nobody can change it."""
    token = add_token(office, "李四", "admin")
    record = first_record(office, doc_id(office, "2024"))
    with page_client(office, login=True) as client:
        log_in(client, "李四", "wrong")
        log_in(client, "李四", token)
        client.get("/search.csv?q=停车位")
        mark = form_mark(client, "/search")
        client.post("/correct", data={"csrf": mark, "id": record, "action": "confirm", "who": "冒名", "seen": 0})
        rows = client.get("/log.json").json()["rows"]
        made = client.get("/corrections.json").json()["corrections"]
    assert ["correct", "export", "login", "refused"] == [row["action"] for row in rows]
    assert {"李四"} == {row["who"] for row in rows}
    assert ["李四"] == [item["who"] for item in made]
    with open_store(office) as store, pytest.raises(Exception, match="never changed"):
        store.connection.execute("UPDATE audit_log SET who = 'x'")
    with open_store(office) as store, pytest.raises(Exception, match="never deleted"):
        store.connection.execute("DELETE FROM audit_log")


@pytest.mark.parametrize("path", ["/search?q=停车位", "/nowhere", "/search?year=x", "/search.json", "/static/page.css", "/basket.docx"])
def test_every_answer_forbids_foreign_scripts(office: Path, path: str) -> None:
    """Headers on every answer; no inline script, style or handler in any page."""
    with page_client(office) as client:
        answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert ("nosniff", "DENY") == (answer.headers["x-content-type-options"], answer.headers["x-frame-options"])
    if "html" in answer.headers["content-type"]:
        assert not re.search(r"<script(?![^>]*src=)|<style|<[^>]*\s(?:style|on\w+)=|javascript:", answer.text)


def test_pages_of_users_are_not_kept_by_browsers(office: Path) -> None:
    """What one user saw is not there for the next one at the same machine."""
    with page_client(office) as client:
        assert "no-store" == client.get("/search?q=停车位").headers["cache-control"]


@pytest.mark.parametrize(("host", "status"), [("testserver", 200), ("evil.example", 421), ("127.0.0.1.evil.example:8000", 421), ("", 421)])
def test_foreign_names_of_this_machine_are_not_answered(office: Path, host: str, status: int) -> None:
    """A site whose name leads to 127.0.0.1 gets nothing (DNS rebinding)."""
    with page_client(office) as client:
        assert status == client.get("/search", headers={"host": host}).status_code


def test_fault_shows_a_number_and_no_trace(office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What went wrong inside goes to the log of the program; the user gets a number."""

    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("pipeline.web.routes_search.find", broken)
    with page_client(office) as client:
        answer = client.get("/search?q=停车位")
    assert (500, False, False) == (answer.status_code, "secret detail" in answer.text, "Traceback" in answer.text)
    assert "secret detail" in capsys.readouterr().err


def test_store_that_is_being_written_is_read_all_the_same(office: Path) -> None:
    """While another program writes, pages open; a change that cannot wait that long is refused, and nothing is lost."""
    with page_client(office) as client:
        mark = form_mark(client)
        with open_store(office) as other:
            other.connection.execute("BEGIN IMMEDIATE")
            assert 200 == client.get("/search?q=停车位").status_code
            assert 200 == client.get(f"/document?id={doc_id(office, '2024')}").status_code
            other.connection.execute("ROLLBACK")
        assert 303 == client.post("/basket/remove", data={"csrf": mark, "all": "1"}).status_code


def test_busy_store_is_told_plainly(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change while another program holds the store: 503, a page that says so."""
    monkeypatch.setattr("pipeline.web.library._PATIENCE", 50)
    with page_client(office) as client:
        mark = form_mark(client)
        with open_store(office) as other:
            other.connection.execute("BEGIN IMMEDIATE")
            answer = client.post("/basket/remove", data={"csrf": mark, "all": "1"})
            other.connection.execute("ROLLBACK")
    assert (503, True) == (answer.status_code, "另一个程序正在写入" in answer.text)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--host", "0.0.0.0"], "需要加密"),  # noqa: S104 - what must be refused
        (["--host", "0.0.0.0", "--behind-proxy", "10.0.0.1"], "需要用户和口令"),  # noqa: S104
        (["--login"], "需要用户和口令"),
    ],
)  # fmt: skip
def test_other_addresses_want_tls_and_users(office: Path, arguments: list[str], told: str) -> None:
    """Without them the page is not served, and one line says what to do."""
    ran = run_cli("serve", "--db", str(office), *arguments)
    assert (2, True, 1) == (ran.returncode, told in ran.stderr, len(ran.stderr.splitlines()))


def test_users_are_looked_after_on_the_command_line(office: Path) -> None:
    """Add, list, revoke; the token is on stdout alone."""
    added = run_cli("users", "add", "李四", "--db", str(office), "--role", "editor")
    assert re.fullmatch(r"[\w-]{32}\n", added.stdout)
    assert "李四  校核" in run_cli("users", "list", "--db", str(office)).stdout
    assert 0 == run_cli("users", "revoke", "李四", "--db", str(office)).returncode
    assert "已停用" in run_cli("users", "list", "--db", str(office)).stdout
    assert 2 == run_cli("users", "revoke", "王五", "--db", str(office)).returncode
    assert 2 == run_cli("users", "add", "李四", "--db", str(office), "--role", "king").returncode
