"""Who is asking: a cookie that cannot be forged, the user behind it, and the mark that every form must bear.

Reads: cookies, the table ``page_sessions``. Writes: the same.

The cookie is a random name with a signature; the store knows a hash of the name. A form bears a signature over the same name, so that
another site, which cannot read it, cannot send one (OWASP: signed double-submit cookie).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import threading
import time
from collections import OrderedDict, deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import apsw

from pipeline.store.connection import begin
from pipeline.store.errors import told_plainly
from pipeline.web.users import User, find_user

if TYPE_CHECKING:
    from pipeline.store import SqliteStore

COOKIE = "page"
HOURS = 12  # a working day; then one logs in again
_KEY = "page_key"
ATTEMPTS, ADDRESS_ATTEMPTS, MINUTES = 5, 20, 15  # of a name; of an address, behind which a whole office may sit; within
REMEMBERED = 10_000  # names and addresses


def page_key(store: SqliteStore) -> bytes:
    """The key that signs cookies and forms, made at the first start; kept in the store, so that a restart logs nobody out."""
    found = store.select("SELECT value FROM meta WHERE key = ?", _KEY)
    if found:
        return bytes.fromhex(found[0][0])
    key = secrets.token_bytes(32)
    if not store.readonly:
        with told_plainly(store.path), begin(store.connection):
            store.connection.execute("INSERT INTO meta VALUES (?, ?)", (_KEY, key.hex()))
    return key


def new_cookie(key: bytes) -> str:
    """A cookie for someone who has none."""
    name = secrets.token_urlsafe(24)
    return f"{name}.{_sign(key, 'cookie', name)}"


def visit_of(key: bytes, cookie: str | None) -> str | None:
    """The random name in a cookie of ours; None for none, and for one that somebody else made."""
    name, _, signature = (cookie or "").partition(".")
    same = hmac.compare_digest(_sign(key, "cookie", name).encode(), signature.encode("utf-8", "replace"))
    return name if name and same else None


def form_mark(key: bytes, visit: str, user: str) -> str:
    """What every form of this visitor bears."""
    return _sign(key, "form", f"{visit}|{user}")


def same_mark(expected: str, given: str) -> bool:
    """Compare two marks in constant time."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def log_in(store: SqliteStore, visit: str, user: User) -> None:
    """Let this visit be the user's until the end of the working day; sessions that ended are cleared away."""
    now = datetime.now(UTC)
    with told_plainly(store.path), begin(store.connection):
        store.connection.execute("DELETE FROM page_sessions WHERE expires < ?", (now.isoformat(),))
        expires = (now + timedelta(hours=HOURS)).isoformat()
        store.connection.execute("INSERT OR REPLACE INTO page_sessions VALUES (?,?,?)", (mark_of(visit), user.name, expires))


def log_out(store: SqliteStore, visit: str) -> None:
    """End the session of this visit."""
    with told_plainly(store.path), begin(store.connection):
        store.connection.execute("DELETE FROM page_sessions WHERE mark = ?", (mark_of(visit),))


def user_of(store: SqliteStore, visit: str) -> User | None:
    """The user of this visit, unless session or token ended or the user was revoked meanwhile."""
    now = datetime.now(UTC).isoformat()
    found = store.select("SELECT user FROM page_sessions WHERE mark = ? AND expires >= ?", mark_of(visit), now)
    user = find_user(store, found[0][0]) if found else None
    return user if user is not None and user.state == "active" else None


def mark_of(visit: str) -> bytes:
    """The hash by which the store knows a visit; what the cookie holds is not in the store."""
    return hashlib.sha256(visit.encode()).digest()


class Attempts:
    """Attempts to log in by name and by address, in memory; after too many in a quarter of an hour nobody gets in by either.

    An attempt counts from when it begins, so that many at one moment are not all let through; one that succeeds is taken back.
    """

    def __init__(self) -> None:
        self._begun: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, name: str, address: str) -> bool:
        """Whether somebody may try to log in; it counts at once."""
        keys = {f"name {name}": ATTEMPTS, f"address {_network(address)}": ADDRESS_ATTEMPTS}
        now = time.monotonic()
        with self._lock:
            if any(self._recent(key, now - MINUTES * 60) >= limit for key, limit in keys.items()):
                return False
            for key in keys:
                self._begun.setdefault(key, deque()).append(now)
                self._begun.move_to_end(key)
            while len(self._begun) > REMEMBERED:
                self._begun.popitem(last=False)
            return True

    def succeeded(self, name: str, address: str) -> None:
        """Take the last attempt back, and forget the failures of the name; those of the address stay, others may have made them."""
        with self._lock:
            self._begun.pop(f"name {name}", None)
            times = self._begun.get(f"address {_network(address)}")
            if times:
                times.pop()

    def __len__(self) -> int:
        """How many names and addresses are remembered."""
        return len(self._begun)

    def _recent(self, key: str, since: float) -> int:
        """How many attempts of a key are younger than that; the older ones are forgotten."""
        times = self._begun.get(key, deque())
        while times and times[0] < since:
            times.popleft()
        return len(times)


def _network(address: str) -> str:
    """What counts as one caller: an IPv4 address, or the first half of an IPv6 address, the other half of which a caller may choose."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def note(store: SqliteStore, who: str, address: str, action: str, what: str) -> None:
    """Write a line of the audit log, which is never changed."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    values = tuple(text.encode("utf-8", "replace").decode()[:400] for text in (who, address, action, what))
    with told_plainly(store.path):
        store.connection.execute("INSERT INTO audit_log (at, who, address, action, what) VALUES (?,?,?,?,?)", (now, *values))


def is_busy(error: BaseException) -> bool:
    """Whether an error of the store only means that another one is writing."""
    return isinstance(error.__cause__, (apsw.BusyError, apsw.LockedError))


def _sign(key: bytes, purpose: str, text: str) -> str:
    return hmac.new(key, f"{purpose}|{text}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
