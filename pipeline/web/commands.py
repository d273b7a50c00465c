"""The commands of the page: serve it, and look after its users."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.web.settings import Settings

app = typer.Typer(rich_markup_mode=None)
users = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(users, name="users")

Store = Annotated[Path, typer.Option("--db", metavar="FILE", help="The store.")]
_KEEP_ALIVE = 75  # seconds that an idle connection is kept: people read before they click
_PAGES = ("/search", "/search.json", "/documents", "/basket", "/openapi.json")  # what --check opens


def _ending(example: str) -> str:
    """The end of a help text; the tests run the example."""
    return f"\b\nExample:\n  {example}"


class MissingExtraError(PipelineError):
    """The page needs packages that are not installed."""

    exit_code = 2


@app.callback()
def program() -> None:
    """Commands of the page."""


@app.command(epilog=_ending("python cli.py ingest corpus --db office.db && python cli.py serve --db office.db --check"))
def serve(
    db: Store,
    host: Annotated[
        str, typer.Option("--host", help="Address to bind to; any but 127.0.0.1 wants users with tokens, and TLS.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to bind to.", min=1, max=65535)] = 8000,
    home: Annotated[str | None, typer.Option("--home", metavar="PLACE", help="The office's own place, which 我市 means.")] = None,
    login: Annotated[bool, typer.Option("--login", help="Want users to log in on 127.0.0.1, too.")] = False,
    certificate: Annotated[Path | None, typer.Option("--certificate", metavar="FILE", help="TLS certificate (PEM).")] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="Its private key (PEM).")] = None,
    behind_proxy: Annotated[
        str | None, typer.Option("--behind-proxy", metavar="ADDRESS", help="A trusted proxy that does TLS; its address.")
    ] = None,
    uploads: Annotated[
        Path | None, typer.Option("--uploads", metavar="FOLDER", help="Where uploaded files are kept; else beside the store.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only open each page once and tell whether all is well.")] = False,
) -> None:
    """Serve the office's page: search, documents, corrections, baskets, on this machine unless told otherwise."""
    from pipeline.web.settings import LOOPBACK, Settings
    from pipeline.web.words import message

    local = host in LOOPBACK
    settings = Settings(
        db=db, login=login or not local, secure=certificate is not None or behind_proxy is not None,
        hosts=LOOPBACK if local and behind_proxy is None else (), home=home, uploads=uploads,
    )  # fmt: skip
    _need_packages()
    if check:
        _check(settings)
        return
    if not local and (certificate is None or key is None) and behind_proxy is None:
        raise MissingExtraError(message("need_tls"))
    if settings.login:
        _need_users(db)
    import uvicorn

    from pipeline.web.app import create_app

    typer.echo(message("serving", address=f"http{'s' if certificate else ''}://{host}:{port}/"), err=True)
    uvicorn.run(
        create_app(settings), host=host, port=port, log_level="warning", access_log=False,
        server_header=False, timeout_keep_alive=_KEEP_ALIVE, ssl_certfile=certificate, ssl_keyfile=key,
        proxy_headers=behind_proxy is not None, forwarded_allow_ips=behind_proxy,
    )  # fmt: skip


@users.command(
    "add", epilog=_ending("python cli.py ingest corpus --db office.db && python cli.py users add 李四 --db office.db --role editor")
)
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")],
    db: Store,
    role: Annotated[str, typer.Option("--role", help="viewer, editor or admin.")] = "viewer",
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How long the token is good.")] = 365,
) -> None:
    """Add a user of the page; the token is printed this once and kept nowhere."""
    from pipeline.store import open_store
    from pipeline.web.users import ROLES, UserError, add_user, find_user
    from pipeline.web.words import message, word

    if role not in ROLES:
        raise UserError(message("bad_role", roles="、".join(ROLES)))
    with open_store(db) as store:
        token = add_user(store, name, role, days)
        user = find_user(store, name)
    expires = user.expires[:10] if user and user.expires else message("never")
    typer.echo(message("added_user", name=name, role=word("role", role), expires=expires), err=True)
    typer.echo(token)


@users.command("list", epilog=_ending("python cli.py ingest corpus --db office.db && python cli.py users list --db office.db"))
def list_users(db: Store) -> None:
    """List the users of the page, also those who may no longer come in."""
    from pipeline.store import open_store
    from pipeline.web.users import users as all_users
    from pipeline.web.words import message, word

    with open_store(db) as store:
        rows = list(all_users(store))
    for user in rows:
        expires = user.expires[:10] if user.expires else message("never")
        told = {"role": word("role", user.role), "created": user.created[:10], "expires": expires, "state": message(f"state_{user.state}")}
        typer.echo(message("user_line", name=user.name, **told))
    if not rows:
        typer.echo(message("no_users"))


@users.command(
    "revoke",
    epilog=_ending(
        "python cli.py ingest corpus --db office.db && python cli.py users add 李四 --db office.db"
        " && python cli.py users revoke 李四 --db office.db"
    ),
)
def revoke(name: Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")], db: Store) -> None:
    """Let a user in no more; whoever is logged in under the name is out at once."""
    from pipeline.store import open_store
    from pipeline.web.users import revoke_user
    from pipeline.web.words import message

    with open_store(db) as store:
        revoke_user(store, name)
    typer.echo(message("revoked_user", name=name))


def _need_packages() -> None:
    from importlib.util import find_spec

    from pipeline.web.words import message

    for name in ("fastapi", "uvicorn", "jinja2", "python_multipart"):
        if find_spec(name) is None:
            raise MissingExtraError(message("need_extra", name=name))


def _need_users(db: Path) -> None:
    from pipeline.store import open_store
    from pipeline.web.users import users as all_users
    from pipeline.web.words import message

    with open_store(db) as store:
        if not any(user.state == "active" for user in all_users(store)):
            raise MissingExtraError(message("need_users"))


def _check(settings: Settings) -> None:
    """Open each page once without a network, and tell which cannot be opened."""
    import asyncio

    from pipeline.web.app import create_app
    from pipeline.web.words import message

    page = create_app(settings)
    for path in _PAGES:
        status = asyncio.run(_status(page, path))
        if status >= 500:
            raise MissingExtraError(message("check_failed", path=path, status=status))
    typer.echo(message("checked", count=len(_PAGES)))


async def _status(page: object, path: str) -> int:
    """The status with which the page answers a path, asked without a server."""
    found = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            found.append(message["status"])

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
        "query_string": b"", "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 0), "server": ("127.0.0.1", 80),
        "root_path": "", "state": {},
    }  # fmt: skip
    await page(scope, receive, send)  # type: ignore[operator]
    return int(str(found[0]))
