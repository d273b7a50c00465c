"""Take the page out of a web archive (``.mht``): the first part of an e-mail message that is HTML.

Reads: bytes. Writes: the bytes of the page.
"""

from __future__ import annotations

from email import message_from_bytes
from email.errors import MessageError

_HEAD = 2000
_SIGNS = (b"mime-version:", b"content-type: multipart/related", b"content-type:multipart/related", b"from: <saved by")
_MOST_PARTS = 20_000


def is_archive(content: bytes) -> bool:
    """Whether ``content`` begins like a saved web archive."""
    head = content[:_HEAD].lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    return not head.startswith(b"<") and any(sign in head for sign in _SIGNS)


def page_of(content: bytes) -> bytes | None:
    """The first page in the archive, decoded from base64 or quoted-printable; None where it holds none."""
    try:
        message = message_from_bytes(content)
        for number, part in enumerate(message.walk()):
            if number > _MOST_PARTS:
                return None
            if part.get_content_type() in ("text/html", "application/xhtml+xml"):
                payload = part.get_payload(decode=True)
                return payload if isinstance(payload, bytes) and payload.strip() else None
    except (MessageError, ValueError, RecursionError, LookupError):
        return None
    return None
