"""What holds for every answer: headers that forbid scripts from elsewhere, names of hosts that are answered, limits on what is sent.

Reads: requests. Writes: answers with the headers, or a refusal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.web.sessions import COOKIE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from pipeline.web.settings import Settings

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
_KEPT = (b"cache-control", b"public, max-age=31536000, immutable")  # static files: their address changes when they do
_FORM_BYTES = 1024 * 1024  # of any form but an upload
_UPLOADS = ("/upload", "/draft", "/ledger/return")


class TooLarge(Exception):  # noqa: N818 - a refusal, not a fault
    """More was sent than is taken."""


class Guard:
    """The outermost layer round the page."""

    def __init__(self, app: Any, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self._headers = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
        if settings.secure:
            self._headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if not self._known_host(headers.get(b"host", b"").decode("latin-1")):
            await self._refuse(send, 421)
            return
        limit = self.settings.upload_bytes if scope["path"].startswith(_UPLOADS) else _FORM_BYTES
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > limit:
            await self._refuse(send, 413)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise TooLarge
            return message

        begun = False

        async def with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                kept = [_KEPT] if scope["path"].startswith("/static/") and message["status"] in (200, 304) else []
                sent = [*message["headers"], *kept]
                own = {name for name, _ in sent}
                message["headers"] = [*sent, *(pair for pair in self._headers if pair[0] not in own), *self._cookie(scope)]
            await send(message)

        try:
            await self.app(scope, counted, with_headers)
        except TooLarge:
            if not begun:
                await self._refuse(send, 413)

    def _known_host(self, host: str) -> bool:
        """Whether the page is asked for by a name of its own: a foreign name that leads here is another site's trick (DNS rebinding)."""
        if not self.settings.hosts:
            return True
        name = host[1 : host.find("]")] if host.startswith("[") else host.rpartition(":")[0] or host
        return name in self.settings.hosts

    def _cookie(self, scope: Any) -> list[tuple[bytes, bytes]]:
        """The cookie for a visitor who had none, or one that is not ours."""
        value = scope.get("new_cookie")
        secure = "; Secure" if self.settings.secure else ""
        return [(b"set-cookie", f"{COOKIE}={value}; HttpOnly; Path=/; SameSite=Lax{secure}".encode())] if value is not None else []

    async def _refuse(self, send: Send, status: int) -> None:
        from pipeline.web.words import message

        told = message("host") if status == 421 else message("too_large", limit=self.settings.upload_bytes // 1024**2)
        body = told.encode()
        start = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": status, "headers": [*start, *self._headers]})
        await send({"type": "http.response.body", "body": body})
