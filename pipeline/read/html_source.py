"""Turn the bytes of a web page or a web archive into a tree, bounded in time and memory.

Reads: a file. Writes: ``Page``: the root of the tree, and what a reader must know of the decoding. Nothing outside the file is fetched.
"""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

from pipeline.errors import ReadError
from pipeline.read.document_warnings import message as common_message
from pipeline.read.encodings import REPLACEMENT, Decoded, decode
from pipeline.read.text import LIMIT, head_of
from pipeline.records import DocumentWarning
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

TAGS = 400_000  # signs that open a tag; the pages of the longest reports have some ten thousand
_TEN_THOUSAND = 10_000
_ATTRIBUTES = 5 * TAGS
_MEGA = 1_000_000
_LONGEST_TEXT = 9 * _MEGA  # bytes between two tags; the parser drops more than 10 million of them without a word
_DEEPEST = 250  # the parser stops at 256 without a word
_HEAD = 4096  # bytes in which a page names its encoding, and an archive itself
_LOST_SHARE = 0.05  # of the characters; with more bytes that no encoding explains it is no page
_PARTS = 500  # of an archive that are looked at: pictures and styles of a page
_LINES, _BOUNDARIES = 1_000_000, 20_000  # of an archive; one of the largest size has a quarter of a million lines
_ARCHIVES = (".mht", ".mhtml")
_ARCHIVE = re.compile(rb"\s*(?:from|mime-version|subject|snapshot-content-location|content-type|date|x-\w+)\s*:", re.I)
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.I)
_SCRIPTS = re.compile(r"<(script|style|noscript|template)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S)
_INLINE = re.compile(r"</?(?:font|span|b|strong|i|em|u|big|small|a|o:p|st1:\w+)\b[^<>]*>", re.I)
_UNTYPED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_CONDITIONAL = re.compile(r"<!\[[^\]>]{0,80}\]>|<\?[^>]{0,200}>")
_CLOSED = re.compile(r"</(?:html|body)\s*>", re.I)
_OPENED = re.compile(r"<(?:html|body)\b", re.I)
_SHOWN_FILE = re.compile(r"""\.(?:pdf|ofd|docx?|wps)(?=["'?&)])""", re.I)
_NAME_BEFORE = re.compile(r"""[^\s"'<>=(?&/]*$""")
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Page:
    """The tree of a page, what was noticed while it was decoded, and what its source tells where no document is found."""

    source: str
    root: Any
    warnings: tuple[DocumentWarning, ...]
    complete: bool
    scripts: bool
    embedded: str | None  # the name of a PDF, OFD or Word file that the page shows
    frame: str | None  # the address of another page that it shows


def message(name: str, **values: object) -> str:
    """The message called ``name`` in rules/html.toml, filled in."""
    return str(load_rules("html").data["messages"][name]).format(**values)


def open_page(path: Path) -> Page:
    """The page in the file at ``path``. Raises ReadError with what is wrong (empty, no page, too large, built to harm)."""
    source = str(path)
    content = head_of(path, LIMIT + 1)
    if not content:
        raise ReadError(common_message("empty", source=source))
    for signature, kind in load_rules("encodings").data["signatures"].items():
        if content.startswith(bytes.fromhex(signature)):
            raise ReadError(common_message("binary", source=source, kind=kind))
    charset = None
    if path.suffix.lower() in _ARCHIVES or _ARCHIVE.match(content):
        content, charset = _archived(content, source)
    decoded = _decoded(content, charset)
    if not decoded.text.strip("\x00 \t\r\n\ufeff"):
        raise ReadError(common_message("blank", source=source))
    if decoded.text.count(REPLACEMENT) > _LOST_SHARE * len(decoded.text):
        raise ReadError(common_message("unreadable", source=source))
    return _page(decoded, source)


def _page(decoded: Decoded, source: str) -> Page:
    text = _UNTYPED.sub("", decoded.text)
    plain = _CONDITIONAL.sub("", _SCRIPTS.sub("", text))
    if plain.count("<") > TAGS or plain.count("=") > _ATTRIBUTES:
        raise ReadError(message("markup", source=source, limit=TAGS // _TEN_THOUSAND))
    if len(plain) > _LONGEST_TEXT // 4 and max(len(piece.encode()) for piece in plain.split("<")) > _LONGEST_TEXT:
        raise ReadError(message("long", source=source, limit=_LONGEST_TEXT // _MEGA))
    root = _parse(plain)
    if root is not None and depth(root) >= _DEEPEST:  # old editors leave hundreds of <font> open
        root = _parse(_INLINE.sub("", plain))
        if root is not None and depth(root) >= _DEEPEST:
            raise ReadError(message("deep", source=source))
    warnings: list[DocumentWarning] = []
    if decoded.other:
        lost = sum(REPLACEMENT in decoded.text[a:b] for a, b in decoded.other)
        told = common_message("decoding", count=len(decoded.other), encoding=decoded.encoding.upper())
        warnings.append(DocumentWarning("decoding", told + (common_message("lost", count=lost) if lost else "")))
    return Page(
        source,
        root,
        tuple(warnings),
        complete=not _OPENED.search(plain) or _CLOSED.search(plain) is not None,
        scripts="<script" in text[:LIMIT].lower(),
        embedded=_shown_file(text),
        frame=next((frame.get("src") for frame in root.iter("iframe", "frame") if frame.get("src")), None) if root is not None else None,
    )


def _shown_file(text: str) -> str | None:
    """The name of the first file that the page shows or links to."""
    suffix = _SHOWN_FILE.search(text)
    if suffix is None:
        return None
    name = _NAME_BEFORE.search(text[max(0, suffix.start() - _LONGEST_NAME) : suffix.start()])
    return (name[0] if name else "") + suffix[0]


def _parse(text: str) -> Any | None:
    """The root of the tree; None where there is nothing that could be one."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True, no_network=True)
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def depth(root: Any) -> int:
    """How deep the tree is, without recursion."""
    deepest = level = 0
    for event, _ in etree.iterwalk(root, ("start", "end")):
        level += 1 if event == "start" else -1
        deepest = max(deepest, level)
    return deepest


def _decoded(content: bytes, charset: str | None) -> Decoded:
    """The text of a page: UTF-8 if it is valid, then what the page declares, then what reads best.

    A declaration is often wrong (gb2312 for text in GBK, utf-8 for a page that was saved in GBK), so it only counts where every byte fits.
    """
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:_HEAD]:
        return decode(content)
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        declared = _DECLARED.search(content, 0, _HEAD)
        name = (charset or (declared[1].decode("ascii", "replace") if declared else "")).lower()
    encoding = "gb18030" if name.startswith("gb") or name == "x-gbk" else "big5hkscs" if name.startswith("big5") else ""
    if encoding:
        try:
            return Decoded(content.decode(encoding), encoding)
        except UnicodeDecodeError:
            pass
    return decode(content)


def _archived(content: bytes, source: str) -> tuple[bytes, str | None]:
    """The first page in a web archive, and the encoding that its header names. Raises ReadError where there is none."""
    if content.count(b"\n") > _LINES or content.count(b"\n--") > _BOUNDARIES:
        raise ReadError(message("markup", source=source, limit=_LINES // _TEN_THOUSAND))
    try:
        whole = email.message_from_bytes(content, policy=email.policy.compat32)
        for number, part in enumerate(whole.walk()):
            if number > _PARTS:
                break
            if part.get_content_type() in ("text/html", "application/xhtml+xml") and (page := _payload(part)):
                charset = part.get_content_charset()
                return page, str(charset) if charset else None
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError, IndexError) as error:
        raise ReadError(message("no_page", source=source)) from error
    if b"<html" in content[: 16 * _HEAD].lower() or b"<body" in content[: 16 * _HEAD].lower():
        return content, None  # a page that was given the suffix of an archive
    raise ReadError(message("no_page", source=source))


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
