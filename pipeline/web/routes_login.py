"""Log in and out; users and the audit log for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from pipeline.web.page import Asked, Visit, checked_form, local_time
from pipeline.web.sessions import COOKIE, MINUTES, log_in, log_out, new_cookie, note, visit_of
from pipeline.web.users import ROLES, add_user, check_token, find_user, revoke_user, users
from pipeline.web.views import Shown, table, view
from pipeline.web.words import message, word

router = APIRouter()
_SHOWN = 200
Form = Annotated[FormData, Depends(checked_form)]


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user of the page."""

    name: str
    role: str
    created: str
    expires: str | None
    state: str


@dataclass(frozen=True, slots=True)
class UserList:
    """All users."""

    users: tuple[UserRow, ...]


@dataclass(frozen=True, slots=True)
class LogRow:
    """A line of the audit log."""

    number: int
    at: str
    who: str
    address: str
    action: str
    what: str


@dataclass(frozen=True, slots=True)
class Log:
    """The audit log, latest first."""

    count: int
    rows: tuple[LogRow, ...]


@router.get("/login", include_in_schema=False)
def ask(page: Visit, next: Annotated[str, Query(max_length=2000)] = "/search") -> HTMLResponse:  # noqa: A002 - the name in the link
    """The form to log in."""
    return page.render("login.html", next=next, told="", name="")


@router.post("/login", include_in_schema=False)
def enter(page: Visit, form: Form) -> Response:
    """Log in by name and token; a new cookie is given, so that one that was planted before is worth nothing."""
    name, token = str(form.get("name", "")).strip()[:40], str(form.get("token", "")).strip()[:200]
    attempts = page.request.app.state.attempts
    target = str(form.get("next", ""))
    if not attempts.begin(name, page.address):
        return page.render("login.html", 429, next=target, told=message("many_attempts", minutes=MINUTES), name=name)
    with page.library.writing() as store:
        user = check_token(store, name, token)
        note(store, name, page.address, "login" if user else "refused", "")
        if user is None:
            return page.render("login.html", 401, next=target, told=message("bad_login"), name=name)
        attempts.succeeded(name, page.address)
        cookie = new_cookie(page.key)
        log_in(store, visit_of(page.key, cookie) or "", user)
        log_out(store, page.visit)
    response = page.back(form, "/search")
    page.request.scope.pop("new_cookie", None)
    response.set_cookie(COOKIE, cookie, httponly=True, samesite="lax", secure=page.settings.secure, path="/")
    return response


@router.post("/logout", include_in_schema=False)
def leave(page: Asked, form: Form) -> Response:  # noqa: ARG001 - the form is checked
    """End the session."""
    with page.library.writing() as store:
        log_out(store, page.visit)
        note(store, page.who, page.address, "logout", "")
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=page.settings.secure)
    return response


@view(router, "/users", template="users.html", answer=UserList, role="admin")
def show_users(page: Asked) -> Shown:
    """Who may use the page."""
    return _users(page)


def _users(page: Any, **more: Any) -> Shown:
    with page.library.reading() as store:
        rows = tuple(UserRow(user.name, user.role, user.created, user.expires, user.state) for user in users(store))
    cells = (
        (
            row.name,
            word("role", row.role),
            local_time(row.created),
            local_time(row.expires) or message("never"),
            message(f"state_{row.state}"),
        )
        for row in rows
    )
    return Shown(UserList(rows), (table("users", cells),), {"token": None, "named": "", **more})


@router.post("/users/add", include_in_schema=False)
def add(page: Asked, form: Form) -> Response:
    """Add a user; the token is shown this once."""
    page.need("admin")
    name, role, days = str(form.get("name", "")).strip(), str(form.get("role", "")), str(form.get("days", ""))
    if role not in ROLES or not (days.isascii() and days.isdigit() and 0 < int(days) <= 3650):
        raise HTTPException(400, message("forged"))
    with page.library.writing() as store:
        token = add_user(store, name, role, int(days))
        note(store, page.who, page.address, "user", f"{word('user_act', 'add')} {name}（{word('role', role)}）")
    shown = _users(page, token=token, named=name)
    return page.render("users.html", data=shown.data, **shown.more)


@router.post("/users/revoke", include_in_schema=False)
def revoke(page: Asked, form: Form) -> Response:
    """Let a user in no more."""
    page.need("admin")
    name = str(form.get("name", ""))
    with page.library.writing() as store:
        if find_user(store, name) is None:
            raise HTTPException(404, message("no_user", name=name[:40]))
        revoke_user(store, name)
        note(store, page.who, page.address, "user", f"{word('user_act', 'revoke')} {name}")
    return page.back(form, "/users")


@view(router, "/log", template="log.html", answer=Log, role="admin")
def show_log(page: Asked, p: Annotated[int, Query(ge=1, le=10000)] = 1) -> Shown:
    """Who logged in, exported, corrected, uploaded, and when."""
    with page.library.reading() as store:
        count = store.select("SELECT count(*) FROM audit_log")[0][0]
        bounds = (count, 0) if page.twin in ("csv", "xlsx") else (_SHOWN, (p - 1) * _SHOWN)
        found = store.select("SELECT number, at, who, address, action, what FROM audit_log ORDER BY number DESC LIMIT ? OFFSET ?", *bounds)
    rows = tuple(LogRow(number, at, who, address, action, unquote(what)) for number, at, who, address, action, what in found)
    cells = ((row.number, local_time(row.at), row.who, row.address, word("action", row.action), row.what) for row in rows)
    return Shown(Log(count, rows), (table("log", cells),), {"p": p, "pages": -(-count // _SHOWN)})
