"""What every route is handed: who asks, of which store, with links, forms and templates at hand.

Reads: a request. Writes: ``Page``; pages from templates; entries of the audit log.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, unquote, urlencode

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException as StarletteHTTPException

from pipeline.store.errors import StoreError
from pipeline.web.fonts import FONTS, draws_chinese
from pipeline.web.sessions import COOKIE, form_mark, is_busy, new_cookie, note, same_mark, user_of, visit_of
from pipeline.web.words import amount, degree, figure, message, page_words, period, rule_words, word

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from pipeline.store.corrections import Person
    from pipeline.web.library import Library
    from pipeline.web.settings import Settings
    from pipeline.web.users import Role, User

HERE = Path(__file__).parent
_WHO_COOKIE = "who"
_LONGEST_NAME = 40
_PAGING = ("p", "record")  # parameters that mean nothing any more when a filter changes


@dataclass(frozen=True, slots=True)
class Page:
    """A request as a route needs it. ``user`` is None where the page is served to this machine only; then everything is allowed."""

    request: Request
    library: Library
    settings: Settings
    key: bytes
    visit: str
    user: User | None

    @property
    def who(self) -> str:
        """The name under which decisions are kept: the user's own, or the one that was last given on this machine."""
        if self.user is not None:
            return self.user.name
        return unquote(self.request.cookies.get(_WHO_COOKIE, ""))[:_LONGEST_NAME].strip() or page_words()["messages"]["local_user"]

    @property
    def owner(self) -> str:
        """Whose basket this is."""
        return f"user {self.user.name}" if self.user else f"visit {hashlib.sha256(self.visit.encode()).hexdigest()}"

    @property
    def address(self) -> str:
        """Where the request came from."""
        return self.request.client.host if self.request.client else ""

    @property
    def csrf(self) -> str:
        """What every form of this visitor bears."""
        return form_mark(self.key, self.visit, self.user.name if self.user else "")

    @property
    def path(self) -> str:
        """The path of the page without the ending of a twin."""
        return twin_of(self.request.url.path)[0]

    @property
    def twin(self) -> str:
        """``html``, or which twin is asked for: ``json``, ``csv``, ``xlsx``."""
        return twin_of(self.request.url.path)[1]

    def may(self, role: Role) -> bool:
        """Whether the one who asks has this role."""
        return self.user is None or self.user.may(role)

    def need(self, role: Role) -> None:
        """Raise the refusal for one who has not this role."""
        if self.user is not None and not self.user.may(role):
            raise HTTPException(403, message("not_allowed", role=word("role", self.user.role)))

    def here(self, **changes: object) -> str:
        """The address of this view with other parameters; None takes one away, a list gives several values."""
        pairs = [(name, value) for name, value in self.request.query_params.multi_items() if name not in changes and name not in _PAGING]
        for name, value in changes.items():
            values = value if isinstance(value, (list, tuple)) else [value]
            pairs += [(name, str(item)) for item in values if item is not None and item != ""]
        return f"{quote(self.path)}?{urlencode(pairs)}" if pairs else quote(self.path)

    def toggled(self, name: str, value: object) -> str:
        """The address of this view with a value of a filter added, or taken away where it is set."""
        chosen = self.request.query_params.getlist(name)
        text = str(value)
        return self.here(**{name: [item for item in chosen if item != text] if text in chosen else [*chosen, text]})

    def as_twin(self, ending: str) -> str:
        """The address of this view as ``json``, ``csv`` or ``xlsx``."""
        query = self.request.url.query
        return f"{quote(self.path)}.{ending}" + (f"?{query}" if query else "")

    def here_now(self) -> str:
        """The address of this very page, to come back to."""
        pairs = [(name, value) for name, value in self.request.query_params.multi_items() if name != "told"]
        return quote(self.path) + (f"?{urlencode(pairs)}" if pairs else "")

    def render(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """The page that a template makes."""
        return HTMLResponse(templates().get_template(template).render(page=self, **values), status_code=status)

    def note(self, action: str, what: str) -> None:
        """Write to the audit log; where people log in, nothing is done that could not be written down."""
        try:
            with self.library.writing() as store:
                note(store, self.who, self.address, action, what)
        except StoreError as error:
            if self.settings.login or is_busy(error):
                raise

    def person(self, form: FormData) -> Person:
        """Who decides, and why, from a form; a user's name comes from the log-in, never from the form."""
        from pipeline.store.corrections import Person

        given = str(form.get("who", "")).strip()[:_LONGEST_NAME]
        return Person(self.user.name if self.user else given or self.who, str(form.get("why", "")).strip()[:400])

    def back(self, form: FormData, default: str, *, told: str = "") -> Response:
        """Go on to the page that the form came from, only ever one of this site; remember the name that was given."""
        target = own_page(str(form.get("next", "")), default)
        if told:
            body, _, mark = target.partition("#")
            target = f"{body}{'&' if '?' in body else '?'}told={told}{'#' + mark if mark else ''}"
        return self.remembering(RedirectResponse(target, status_code=303), form)

    def remembering(self, response: Response, form: FormData) -> Response:
        """An answer that lets the browser keep the name that was given in a form."""
        given = str(form.get("who", "")).strip()[:_LONGEST_NAME]
        if given and self.user is None:
            response.set_cookie(_WHO_COOKIE, quote(given), max_age=365 * 86400, httponly=True, samesite="lax", secure=self.settings.secure)
        return response


def own_page(target: str, default: str) -> str:
    """The address that a form came from, if it is one of this site, or else ``default``."""
    foreign = not target.startswith("/") or target.startswith(("//", "/\\")) or any(ord(character) < 32 for character in target)
    return default if foreign else target


async def find_page(request: Request) -> Page:
    """The page of a request; where people log in, nobody else comes further than the log-in."""
    page = _page(request)
    if page.settings.login and page.user is None:
        raise HTTPException(401, message("login_first"))
    return page


async def find_visit(request: Request) -> Page:
    """The page of a request of somebody who need not have logged in."""
    return _page(request)


async def checked_form(request: Request) -> FormData:
    """What a form of ours says. Raises the refusal for one that does not bear the visitor's mark, or comes from another site."""
    page = _page(request)
    origin = request.headers.get("origin")
    try:
        form = await request.form(max_files=page.settings.upload_files + 1, max_fields=2000)
    except StarletteHTTPException as error:  # says in English what is wrong with the form
        many = "Too many files" in str(error.detail)
        raise HTTPException(400, message("too_many", limit=page.settings.upload_files) if many else message("bad_form")) from error
    given = form.get("csrf")
    foreign = origin is not None and origin.partition("://")[2] != request.headers.get("host")
    if foreign or not isinstance(given, str) or not same_mark(page.csrf, given):
        raise HTTPException(403, message("forged"))
    return form


def _page(request: Request) -> Page:
    known = getattr(request.state, "page", None)
    if known is not None:
        return known  # type: ignore[no-any-return]
    state = request.app.state
    visit = visit_of(state.key, request.cookies.get(COOKIE))
    user = None
    if visit is None:
        cookie = new_cookie(state.key)
        visit = visit_of(state.key, cookie) or ""
        request.scope["new_cookie"] = cookie
    elif state.settings.login:
        with state.library.reading() as store:
            user = user_of(store, visit)
    request.state.page = Page(request, state.library, state.settings, state.key, visit, user)
    return request.state.page  # type: ignore[no-any-return]


Asked = Annotated[Page, Depends(find_page)]
Visit = Annotated[Page, Depends(find_visit)]


def twin_of(path: str) -> tuple[str, str]:
    """A path without its ending, and which twin the ending asks for."""
    for ending in ("json", "csv", "xlsx"):
        if path.endswith(f".{ending}"):
            return path[: -len(ending) - 1], ending
    return path, "html"


@cache
def templates() -> Environment:
    """The templates of the page; everything that is put into one is escaped, and a name that is not there is a fault."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        word=word, degree=degree, rule_words=rule_words, figure=figure, period=period, amount=amount, static=_static,
        draws_chinese=draws_chinese, chart_fonts=FONTS,
        messages=page_words()["messages"], navigation=page_words()["navigation"], urlencode=lambda **values: urlencode(values),
    )  # fmt: skip
    environment.filters["labels"] = lambda codes, table: [(code, word(table, code)) for code in codes]
    environment.filters["twice"] = lambda names: [(name, name) for name in names]
    environment.filters["long_date"] = local_time
    return environment


def local_time(text: str | None) -> str:
    """A moment as the clock on the wall shows it."""
    if not text:
        return ""
    return f"{datetime.fromisoformat(text).astimezone():%Y-%m-%d %H:%M}"


@cache
def _static(name: str) -> str:
    """The address of a static file, with a mark of its content, so that browsers keep it until it changes."""
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?{digest}"
