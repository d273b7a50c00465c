"""Walk over the XML of a Word document and hand out what the eye reads, in reading order and once.

Reads: the root of a part, with styles and numbering. Writes: paragraphs and grids; tracked changes as accepted, fields as their
results, one of two alternatives, text boxes beside the paragraph that holds them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pipeline.read.blocks import Paragraph
from pipeline.read.docx_drafts import Draft, Flow, Line, finish
from pipeline.read.docx_fields import Fields
from pipeline.read.docx_grids import COLUMNS, DraftCell, DraftRow, build_grid
from pipeline.read.docx_signs import read_symbol, read_symbols, write_raised
from pipeline.read.docx_styles import VAL, W, is_on, value, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipeline.read.blocks import Block
    from pipeline.read.docx_numbering import Numbering
    from pipeline.read.docx_styles import Styles

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_TEXTPATH = "{urn:schemas-microsoft-com:vml}textpath"
_EMBEDDED = "{urn:schemas-microsoft-com:office:office}OLEObject"
_FILES = ("Excel", "Word", "PowerPoint", "ET.", "WPS.", "KET", "Package")  # programs whose files hold text; formulas do not
_FONTS = f"{W}rPr/{W}rFonts"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_SHAPES = (f"{W}txbxContent", _TEXTPATH)
_TEXTS = (f"{W}t", f"{M}t", _TEXTPATH)
_PARAGRAPH, _PROPERTIES, _STYLE, _RUN_PROPERTIES = f"{W}p", f"{W}pPr", f"{W}pStyle", f"{W}rPr"
_DELETED, _MOVED, _HIDDEN, _JOINED = f"{W}del", f"{W}moveFrom", f"{W}vanish", f"{W}specVanish"
_JOINING = (b"del ", b"del/", b"moveFrom", b"vanish", b"specVanish")  # what a document holds in which paragraphs run together
_CELL_PROPERTIES, _SPAN, _VERTICAL, _HORIZONTAL = f"{W}tcPr", f"{W}gridSpan", f"{W}vMerge", f"{W}hMerge"
_BLANKS = " \t\r\n"
_UNSEEN = re.compile("[\n\r\t]|[\xad\u200b\u2060\ufeff]+")  # white space of the XML; soft hyphens and what has no width


class Walk:
    """One walk over a document: what was counted, which fields are open, which page it is on."""

    def __init__(self, styles: Styles, numbering: Numbering | None, source: bytes) -> None:
        self._styles = styles
        self._numbering = numbering
        self._formats = any(word in source for word in (b"vanish", b"superscript")) or styles.hides
        self._joining = any(word in source for word in _JOINING)
        self._paired = source.count(b'"begin"') == source.count(b'"end"')
        self._page = 1 if b"lastRenderedPageBreak" in source else None
        self._turned = False  # a page break was just met; the mark that it was rendered follows
        self._fields = Fields()
        self._silent = 0  # how many reasons there are to leave text out, fields aside
        self._own_marks = 0  # marks of notes in this run that are written out
        self._contents = 0  # how many tables of contents are open, those of fields aside
        self.notes: list[tuple[str, str, int | None]] = []  # kind of part, id, page
        self.embedded = 0  # parts of other formats

    def read(self, parent: Any, page: int | None = None) -> list[Block]:
        """The blocks within ``parent``, on ``page`` if that is known."""
        if page is not None:
            self._page = page
        flow = Flow()
        self._blocks(parent, flow)
        self._end(flow)
        return flow.blocks

    # Blocks

    def _blocks(self, parent: Any, flow: Flow) -> None:
        for child in parent:
            tag = child.tag
            if tag == _PARAGRAPH:
                self._paragraph(child, flow)
            elif tag == f"{W}tbl":
                flow.blocks.extend(self._table(child))
            elif tag == f"{W}sdt":
                self._control(child, lambda content: self._blocks(content, flow))
            elif tag in _WRAPPERS:
                self._blocks(child, flow)
            elif tag == _CHOICE:
                self._blocks(_choose(child), flow)
            elif tag == f"{W}altChunk":
                self.embedded += 1

    def _paragraph(self, element: Any, flow: Flow) -> None:
        draft, flow.open = flow.open or Draft(), None
        properties = element.find(_PROPERTIES)
        style = value(properties, _STYLE) if properties is not None else None
        joined = _joins(properties) if self._joining and properties is not None else None
        contents, hidden = self._styles.is_contents(style), self._styles.is_hidden(style)
        self._contents += contents
        self._silent += hidden
        self._inline(element, draft)
        self._contents -= contents
        self._silent -= hidden
        if not self._paired:
            self._fields.forget()
        if draft.number is None and (joined is None or (joined == _HIDDEN and draft.lines[0].parts)):
            draft.number = self._count(properties)
        if joined:
            flow.open = draft
        else:
            finish(draft, flow)

    def _count(self, properties: Any | None) -> str:
        return self._numbering.count(properties) if self._numbering is not None else ""

    def _end(self, flow: Flow) -> None:
        if flow.open is not None:
            finish(flow.open, flow)
            flow.open = None

    def _control(self, element: Any, walk: Callable[[Any], None]) -> None:
        """A content control: its content, unless it only says what should be typed into it."""
        properties, content = element.find(f"{W}sdtPr"), element.find(f"{W}sdtContent")
        if content is None:
            return
        empty = contents = False
        if properties is not None:
            empty = is_on(properties.find(f"{W}showingPlcHdr"))
            contents = value(properties, f"{W}docPartObj/{W}docPartGallery") == "Table of Contents"
        self._silent += empty
        self._contents += contents
        walk(content)
        self._silent -= empty
        self._contents -= contents

    # Tables

    def _table(self, element: Any) -> list[Block]:
        return build_grid([self._row(row) for row in _within(element, f"{W}tr") if row.find(f"{W}trPr/{W}del") is None])

    def _row(self, element: Any) -> DraftRow:
        before = min(whole(value(element, f"{W}trPr/{W}gridBefore")) or 0, COLUMNS)
        heading = is_on(element.find(f"{W}trPr/{W}tblHeader"))
        return DraftRow([self._cell(cell) for cell in _within(element, f"{W}tc")], before, heading)

    def _cell(self, element: Any) -> DraftCell:
        columns, merged, joined = 1, None, False
        properties = element.find(_CELL_PROPERTIES)
        for one in properties if properties is not None else ():
            tag = one.tag
            if tag == _SPAN:
                columns = min(max(whole(one.get(VAL)) or 1, 1), COLUMNS)
            elif tag == _VERTICAL:
                merged = one.get(VAL, "continue") != "restart"
            elif tag == _HORIZONTAL:
                joined = one.get(VAL, "continue") != "restart"
        flow = Flow(cell=True)
        self._blocks(element, flow)
        self._end(flow)
        return DraftCell(flow.blocks, columns, merged, joined)

    # What stands in a line

    def _inline(self, parent: Any, draft: Draft) -> None:
        for child in parent:
            handle = _INLINE.get(child.tag)
            if handle is not None:
                handle(self, child, draft)

    @property
    def _mute(self) -> bool:
        return self._silent > 0 or self._fields.silent > 0

    def _add(self, text: str, draft: Draft) -> None:
        if not text or self._mute:
            return
        line = draft.lines[-1]
        if line.page is None and not text.isspace():
            line.page = self._page
        line.body = line.body or not (self._contents or self._fields.contents)
        line.parts.append(text)
        self._turned = False

    def _run(self, element: Any, draft: Draft) -> None:
        hidden = raised = False
        properties = element.find(_RUN_PROPERTIES) if self._formats else None
        if properties is not None:
            own = properties.find(f"{W}vanish")
            hidden = is_on(own) if own is not None else self._styles.is_hidden(value(properties, f"{W}rStyle"))
            raised = value(properties, f"{W}vertAlign") == "superscript"
        at = len(draft.lines[-1].parts)
        self._silent += hidden
        self._inline(element, draft)
        self._silent -= hidden + self._own_marks
        self._own_marks = 0
        if raised:
            write_raised(draft.lines[-1].parts, at)

    def _text(self, element: Any, draft: Draft) -> None:
        text = element.text
        if not text:
            return
        if (text[0] in _BLANKS or text[-1] in _BLANKS) and element.get(_SPACE) != "preserve":
            text = text.strip(_BLANKS)
        if not text.isprintable():
            fonts = element.getparent().find(_FONTS)
            text = _clean(read_symbols(text, fonts.get(f"{W}ascii", "")) if fonts is not None else text)
        self._add(text, draft)

    def _tab(self, _: Any, draft: Draft) -> None:
        self._add("\t", draft)

    def _hyphen(self, _: Any, draft: Draft) -> None:
        self._add("-", draft)

    def _break(self, element: Any, draft: Draft) -> None:
        if self._mute:
            return
        draft.lines.append(Line())
        if element.get(f"{W}type") == "page" and self._page is not None:
            self._page += 1
            self._turned = True

    def _rendered_page(self, _: Any, __: Draft) -> None:
        """A page began here when the document was last laid out; after a page break the same one is told twice."""
        if self._page is not None and not self._turned:
            self._page += 1
        self._turned = False

    def _symbol(self, element: Any, draft: Draft) -> None:
        self._add(read_symbol(element.get(f"{W}font", ""), element.get(f"{W}char", "")), draft)

    def _note(self, element: Any, _: Draft) -> None:
        """The mark of a note is left out: it would stick to a figure. One of its own kind is the rest of its run."""
        if element.get(f"{W}customMarkFollows", "0") in ("1", "true", "on"):
            self._own_marks += 1
            self._silent += 1
        if self._silent == self._own_marks and not self._fields.silent:
            kind = "footnotes" if element.tag == f"{W}footnoteReference" else "endnotes"
            self.notes.append((kind, element.get(f"{W}id", ""), self._page))

    def _left_out(self, element: Any, draft: Draft) -> None:
        """Deleted text: walked, because a field may begin in it and end outside."""
        self._silent += 1
        self._inline(element, draft)
        self._silent -= 1

    def _inline_control(self, element: Any, draft: Draft) -> None:
        self._control(element, lambda content: self._inline(content, draft))

    def _alternatives(self, element: Any, draft: Draft) -> None:
        self._inline(_choose(element), draft)

    def _ruby(self, element: Any, draft: Draft) -> None:
        for base in element.iterfind(f"{W}rubyBase"):
            self._inline(base, draft)

    # Fields

    def _field_character(self, element: Any, draft: Draft) -> None:
        kind = element.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.begin()
        elif kind == "separate":
            self._fields.separate()
        elif kind == "end":
            self._add(self._fields.end(), draft)

    def _instruction(self, element: Any, _: Draft) -> None:
        self._fields.instruct(element.text or "")

    def _simple_field(self, element: Any, draft: Draft) -> None:
        self._fields.begin(element.get(f"{W}instr", ""))
        self._fields.separate()
        self._inline(element, draft)
        self._fields.end()

    # Shapes and formulas

    def _object(self, element: Any, draft: Draft) -> None:
        """An embedded file: a picture of it is all that the document shows."""
        if not self._mute and any(one.get("ProgID", "").startswith(_FILES) for one in element.iter(_EMBEDDED)):
            self.embedded += 1
        self._shape(element, draft)

    def _shape(self, element: Any, draft: Draft) -> None:
        """Text boxes and drawn words, before the paragraph where they are anchored at its start, else after it."""
        if self._mute or next(element.iter(*_SHAPES), None) is None:
            return
        fields, contents = self._fields, self._contents
        self._fields, self._contents = Fields(), 0
        flow = Flow()
        self._within_shape(element, flow)
        self._end(flow)
        self._fields, self._contents = fields, contents
        started = len(draft.lines) > 1 or bool(draft.lines[0].parts)
        (draft.after if started else draft.before).extend(flow.blocks)

    def _within_shape(self, parent: Any, flow: Flow) -> None:
        for child in parent:
            if child.tag == f"{W}txbxContent":
                self._blocks(child, flow)
                self._end(flow)
            elif child.tag == _TEXTPATH:
                text = _clean(child.get("string", ""))
                flow.blocks.extend([Paragraph(text, self._page)] if text.strip() else [])
            else:
                self._within_shape(_choose(child) if child.tag == _CHOICE else child, flow)

    def _fraction(self, element: Any, draft: Draft) -> None:
        for part in element:
            if part.tag == f"{M}den":
                self._add("/", draft)
            if part.tag in (f"{M}num", f"{M}den"):
                self._inline(part, draft)

    def _delimited(self, element: Any, draft: Draft) -> None:
        properties = element.find(f"{M}dPr")
        signs = {"begChr": "(", "endChr": ")", "sepChr": "|"}
        for name in signs if properties is not None else ():
            found = properties.find(f"{M}{name}")
            if found is not None:
                signs[name] = found.get(f"{M}val", "")
        self._add(signs["begChr"], draft)
        for at, part in enumerate(element.iterfind(f"{M}e")):
            self._add(signs["sepChr"] if at else "", draft)
            self._inline(part, draft)
        self._add(signs["endChr"], draft)

    def _power(self, element: Any, draft: Draft) -> None:
        at = len(draft.lines[-1].parts)
        self._inline(element, draft)
        write_raised(draft.lines[-1].parts, at)


_WRAPPERS = frozenset(f"{W}{name}" for name in ("ins", "moveTo", "customXml", "smartTag", "body", "document", "tbl", "tr"))
_INLINE: dict[str, Callable[[Walk, Any, Draft], None]] = {
    f"{W}r": Walk._run,
    f"{W}t": Walk._text,
    f"{W}tab": Walk._tab,
    f"{W}ptab": Walk._tab,
    f"{W}br": Walk._break,
    f"{W}cr": Walk._break,
    f"{W}noBreakHyphen": Walk._hyphen,
    f"{W}sym": Walk._symbol,
    f"{W}lastRenderedPageBreak": Walk._rendered_page,
    f"{W}footnoteReference": Walk._note,
    f"{W}endnoteReference": Walk._note,
    f"{W}fldChar": Walk._field_character,
    f"{W}instrText": Walk._instruction,
    f"{W}fldSimple": Walk._simple_field,
    f"{W}sdt": Walk._inline_control,
    f"{W}ruby": Walk._ruby,
    f"{W}del": Walk._left_out,
    f"{W}moveFrom": Walk._left_out,
    f"{W}drawing": Walk._shape,
    f"{W}pict": Walk._shape,
    f"{W}object": Walk._object,
    _CHOICE: Walk._alternatives,
    f"{M}t": Walk._text,
    f"{M}f": Walk._fraction,
    f"{M}d": Walk._delimited,
    f"{M}sup": Walk._power,
    **{f"{W}{name}": Walk._inline for name in ("hyperlink", "ins", "moveTo", "smartTag", "customXml", "dir", "bdo")},
    **{
        f"{M}{name}": Walk._inline
        for name in (
            "oMath", "oMathPara", "r", "e", "sub", "deg", "fName", "lim", "mr", "box", "borderBox", "acc", "bar", "func", "groupChr",
            "limLow", "limUpp", "m", "nary", "eqArr", "phant", "rad", "sPre", "sSub", "sSubSup", "sSup",
        )
    },
}  # fmt: skip


def _clean(text: str) -> str:
    """``text`` with blanks for white space of the XML, and without what has no width."""
    return _UNSEEN.sub(lambda found: " " if found[0] in _BLANKS else "", text)


def _joins(properties: Any) -> str | None:
    """Why the paragraph runs on into the next: its mark was deleted, moved away or hidden; None where it ends."""
    mark = properties.find(_RUN_PROPERTIES)
    if mark is None or not len(mark):
        return None
    if mark.find(_DELETED) is not None or mark.find(_MOVED) is not None:
        return _DELETED
    return _HIDDEN if is_on(mark.find(_HIDDEN)) or is_on(mark.find(_JOINED)) else None


def _choose(element: Any) -> Any:
    """Of alternatives for the same content the first that has text."""
    return next((branch for branch in element if next(branch.iter(*_TEXTS), None) is not None), ())


def _within(parent: Any, tag: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, also those within controls and changes."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag == f"{W}sdt":
            content = child.find(f"{W}sdtContent")
            if content is not None:
                yield from _within(content, tag)
        elif child.tag in _WRAPPERS:
            yield from _within(child, tag)
        elif child.tag == _CHOICE:
            yield from _within(_choose(child), tag)
