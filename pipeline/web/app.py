"""Put the page together: routes, what guards them, and what is said when something cannot be done.

Reads: ``Settings``. Writes: the application.
"""

from __future__ import annotations

import secrets
import sys
import traceback
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.staticfiles import StaticFiles

from pipeline.errors import PipelineError
from pipeline.track import TrackError
from pipeline.track.loop import LoopError
from pipeline.web.guard import Guard, TooLarge
from pipeline.web.intake import Intake
from pipeline.web.library import Library
from pipeline.web.page import HERE, _page, templates, twin_of
from pipeline.web.sessions import Attempts, is_busy, page_key
from pipeline.web.warming import Warming
from pipeline.web.words import message, word

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import Request

    from pipeline.web.settings import Settings

_TOLD = {404: "not_found", 405: "bad_method"}
_ENGLISH = {HTTPStatus(status).phrase for status in _TOLD}  # what the framework says by itself
_ABSENT = (TrackError, LoopError)  # what is asked for is not in the store
# Each has a ``router``; in the order in which the paths are tried.
ROUTES: tuple[str, ...] = (
    "search",
    "documents",
    "basket",
    "correct",
    "upload",
    "track",
    "reconcile",
    "verdicts",
    "draft",
    "duties",
    "doubts",
    "ledger",
    "ledger_changes",
    "ledger_papers",
    "names",
    "login",
)


def create_app(settings: Settings) -> Guard:
    """The page over the store of ``settings``. Raises StoreError where it cannot be opened."""
    library = Library(settings.db)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        from anyio import to_thread

        to_thread.current_default_thread_limiter().total_tokens = settings.readers
        warming = Warming(library, settings)
        warming.start()
        yield
        warming.stop()
        library.close()

    app = FastAPI(title="Policy commitments", description=_DESCRIPTION, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.settings, app.state.library, app.state.attempts = settings, library, Attempts()
    app.state.intake = Intake(settings.db)
    with library.writing() as store:
        app.state.key = page_key(store)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    paths: set[str] = set()
    for name in ROUTES:
        router = import_module(f"pipeline.web.routes_{name}").router
        app.include_router(router)
        paths |= {route.path for route in router.routes}
    templates().globals["paths"] = paths
    for kind in (StarletteHTTPException, HTTPException):
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_exception_handler(PipelineError, _failed)
    app.add_exception_handler(Exception, _broken)
    return Guard(app, settings)


_DESCRIPTION = """Every view of the page as JSON: the path of the page with `.json`, with the same parameters.
`.csv` and `.xlsx` give its tables. Numbers of telephones and identity cards are masked unless `unmasked=1` is asked for."""


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, StarletteHTTPException):
        raise error
    told = message(_TOLD[error.status_code]) if error.detail in _ENGLISH else error.detail
    if error.status_code == 401 and twin_of(request.url.path)[1] == "html":
        page = _page(request)
        return RedirectResponse(f"/login?{urlencode({'next': page.here_now()})}", status_code=303)
    return _problem(request, error.status_code, told)


async def _misread(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    names = {
        str(item["loc"][-1] if isinstance(item["loc"][-1], str) else item["loc"][-2]): str(item.get("input", "")) for item in error.errors()
    }
    what = "、".join(f"{word('field', name)}“{value[:60]}”" for name, value in names.items())
    return _problem(request, 422, message("bad_link", what=what))


async def _failed(request: Request, error: Exception) -> Response:
    return _problem(request, 503 if is_busy(error) else 404 if isinstance(error, _ABSENT) else 400, str(error))


async def _broken(request: Request, error: Exception) -> Response:
    if isinstance(error, TooLarge):
        return _problem(request, 413, message("too_large", limit=request.app.state.settings.upload_bytes // 1024**2))
    number = secrets.token_hex(4)
    told = "".join(traceback.format_exception(error))
    sys.stderr.write(f"{number} {request.method} {request.url.path}\n{told}")
    return _problem(request, 500, message("fault", number=number))


def _problem(request: Request, status: int, told: Any) -> Response:
    if twin_of(request.url.path)[1] == "json":
        return JSONResponse({"error": str(told)}, status_code=status)
    page = _page(request)
    html = templates().get_template("problem.html").render(page=page, told=told, status=status)
    return HTMLResponse(html, status_code=status)
