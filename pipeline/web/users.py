"""Named users of the page: add, list, revoke, and find out who a token belongs to.

Reads: the table ``users`` of a store, which holds salted hashes of tokens only. Writes: the same.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, get_args

from pipeline.errors import PipelineError
from pipeline.store.connection import begin
from pipeline.store.errors import told_plainly
from pipeline.web.words import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store import SqliteStore

Role = Literal["viewer", "editor", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)  # each may do what those before it may
_NAME = re.compile(r"[\w.\-·]{1,40}")
_TOKEN_BYTES = 24  # 192 random bits: not to be guessed, and still read out from a slip of paper
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}  # 16 MB and some 50 ms an attempt (RFC 7914)


class UserError(PipelineError):
    """A user cannot be added or is not there; the message says why."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class User:
    """Someone who may use the page; days are ISO, ``expires`` None for a token without an end."""

    name: str
    role: Role
    created: str
    expires: str | None
    revoked: str | None

    @property
    def state(self) -> Literal["active", "expired", "revoked"]:
        """Whether the token lets in today."""
        if self.revoked:
            return "revoked"
        return "expired" if self.expires and self.expires < _now() else "active"

    def may(self, role: Role) -> bool:
        """Whether the user has at least this role."""
        return ROLES.index(self.role) >= ROLES.index(role)


def add_user(store: SqliteStore, name: str, role: Role, days: int | None) -> str:
    """Add a user, or give a new token to one who was revoked or whose token ended; the token, which is kept nowhere.

    Raises UserError for a name that is taken or cannot be used.
    """
    if not _NAME.fullmatch(name):
        raise UserError(message("bad_user"))
    known = find_user(store, name)
    if known is not None and known.state == "active":
        raise UserError(message("has_user", name=name))
    token, salt = secrets.token_urlsafe(_TOKEN_BYTES), secrets.token_bytes(16)
    expires = (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds") if days is not None else None
    with told_plainly(store.path), begin(store.connection):
        store.connection.execute("DELETE FROM page_sessions WHERE user = ?", (name,))
        store.connection.execute(
            "INSERT OR REPLACE INTO users VALUES (?,?,?,?,?,?,NULL)", (name, role, salt, _hash(token, salt), _now(), expires)
        )
    return token


def revoke_user(store: SqliteStore, name: str) -> None:
    """Let a user in no more, and end what sessions there are. Raises UserError for one that is not there."""
    if find_user(store, name) is None:
        raise UserError(message("no_user", name=name))
    with told_plainly(store.path), begin(store.connection):
        store.connection.execute("UPDATE users SET revoked = coalesce(revoked, ?) WHERE name = ?", (_now(), name))
        store.connection.execute("DELETE FROM page_sessions WHERE user = ?", (name,))


def users(store: SqliteStore) -> Iterator[User]:
    """All users by name, also those who may no longer come in."""
    return (User(*row) for row in store.select("SELECT name, role, created, expires, revoked FROM users ORDER BY name"))


def find_user(store: SqliteStore, name: str) -> User | None:
    """The user of this name."""
    found = store.select("SELECT name, role, created, expires, revoked FROM users WHERE name = ?", name)
    return User(*found[0]) if found else None


def check_token(store: SqliteStore, name: str, token: str) -> User | None:
    """The user if the token is theirs and still good; it takes as long to say no to a name that is not there."""
    name = name.encode("utf-8", "ignore").decode()
    found = store.select("SELECT salt, token FROM users WHERE name = ?", name)
    salt, expected = found[0] if found else (b"\0" * 16, b"\0" * 32)
    same = hmac.compare_digest(_hash(token, salt), expected)
    user = find_user(store, name) if same and found else None
    return user if user is not None and user.state == "active" else None


def _hash(token: str, salt: bytes) -> bytes:
    return hashlib.scrypt(token.encode("utf-8", "replace"), salt=salt, **_SCRYPT)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
