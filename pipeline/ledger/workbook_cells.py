"""What people type into cells, as the ledger holds it: dates, states, shares.

Reads: values of cells. Writes: values of fields. What is not sure is told as a reason and never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.ledger.columns import layout
from pipeline.ledger.model import STATES
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Callable

_EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets, which count a 29 February 1900
_SERIALS = (36_526, 73_050)  # 2000 to 2099
_WHOLE = 100
_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
_ESCAPED = re.compile(r"'(?=\s*[=+\-@＝＋－＠]|[\t\r\n])")


class CellError(ValueError):
    """A cell that cannot be read; the message is the reason, in Chinese."""


def reason(name: str, **values: object) -> str:
    """The reason called ``name``."""
    return str(layout()["reasons"][name]).format(**values)


def text_of(value: object) -> str:
    """A cell as text, without the apostrophe that kept it from being run; an empty one is ''."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute) else value.isoformat(" ", "minutes")
    if isinstance(value, float):
        return f"{value:.12g}"
    text = str(value)
    return (text[1:] if _ESCAPED.match(text) else text).strip().replace("\r\n", "\n")


def checked_error(value: object, heading: str) -> None:
    """Raise CellError for what a formula leaves when it fails."""
    if isinstance(value, str) and value.strip().upper() in _ERRORS:
        raise CellError(reason("error_cell", heading=heading, value=value.strip()))


def day_of(value: object, heading: str, year: int) -> str:
    """An ISO date: typed in any usual way, a serial number, or the last day of a month, quarter or year. ``year`` is for those without."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = unicodedata.normalize("NFKC", text_of(value)).strip().rstrip("。;；")
    number = _number(text)
    if number is not None and _SERIALS[0] <= number <= _SERIALS[1]:
        return (_EPOCH + timedelta(days=int(number))).isoformat()
    book = load_rules("ledger_workbook")
    typed = not isinstance(value, (int, float))  # 6.3 may have been typed as 6.30, so of numbers only whole dates are read
    for name, read in _READERS.items():
        match = book[name].fullmatch(text) if typed or name == "compact" else None
        if match:
            try:
                return read(match, _year(match, year)).isoformat()
            except ValueError:
                break
    raise CellError(reason("bad_date", value=text, heading=heading))


def state_of(value: object) -> str:
    """One of STATES. Raises CellError."""
    text = "".join(text_of(value).split())
    state = layout()["states"].get(text, text)
    if state not in STATES:
        raise CellError(reason("bad_state", value=text, states="、".join(STATES)))
    return str(state)


def share_of(value: object, number_format: str = "") -> float:
    """A completion in per cent. 0.85 is taken for 85 only where the cell is formatted so. Raises CellError."""
    text = unicodedata.normalize("NFKC", text_of(value)).strip()
    share = _number(text.rstrip("%").strip())
    if share is None:
        raise CellError(reason("bad_share", value=text))
    if "%" in number_format and isinstance(value, (int, float)):
        share = round(share * _WHOLE, 6)
    elif 0 < share < 1 and not text.endswith("%"):
        raise CellError(reason("unclear_share", value=text))
    if not 0 <= share <= _WHOLE:
        raise CellError(reason("bad_share", value=text))
    return share


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < _SERIALS[1] * 10 else None


def _year(match: re.Match[str], year: int) -> int:
    told = match.groupdict().get("year")
    return year if told is None else int(told) + (2000 if len(told) == 2 else 0)


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _quarter(match: re.Match[str], year: int) -> date:
    told = match["half"] or match["quarter"]
    return _month_end(year, 3 * int(layout()["quarters"].get(told, told)))


_READERS: dict[str, Callable[[re.Match[str], int], date]] = {
    "day": lambda match, year: date(year, int(match["month"]), int(match["day"])),
    "compact": lambda match, year: date(year, int(match["month"]), int(match["day"])),
    "month_end": lambda match, year: _month_end(year, int(match["month"])),
    "quarter": _quarter,
    "year_end": lambda _, year: date(year, 12, 31),
}


def parties_of(value: Any) -> tuple[str, ...]:
    """The names of units in a cell."""
    return tuple(dict.fromkeys(name.strip() for name in re.split(r"[、,，;；\n]", text_of(value)) if name.strip()))
