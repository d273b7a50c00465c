"""What a page is served from, to whom, and within which limits.

Reads: nothing. Writes: ``Settings``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Settings:
    """How the page is served. Without ``login`` whoever reaches it may do everything, so it then answers to names of this machine only.

    ``secure`` keeps cookies to TLS; ``behind_proxy`` takes the address of a caller from the proxy; sizes are in bytes.
    """

    db: Path
    login: bool = False
    secure: bool = False
    hosts: tuple[str, ...] = LOOPBACK
    home: str | None = None
    as_of: str | None = None
    uploads: Path | None = None
    upload_bytes: int = 50 * 1024 * 1024
    upload_files: int = 20
    readers: int = 8  # pages made at once; more would only wait for the processor

    @property
    def upload_folder(self) -> Path:
        """Where uploaded files are kept: beside the store unless told otherwise."""
        return self.uploads or self.db.with_name(f"{self.db.name}.uploads")
