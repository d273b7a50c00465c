"""Write a counter as automatic numbers are written: 一, 十一, 1, ①, iv, 甲.

Reads: a number and the name of a format of Office Open XML (ST_NumberFormat). Writes: its signs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Callable

_ROMAN = {"m": 1000, "cm": 900, "d": 500, "cd": 400, "c": 100, "xc": 90, "l": 50, "xl": 40, "x": 10, "ix": 9, "v": 5, "iv": 4, "i": 1}
_LETTERS = 26
_ROMAN_MOST = 32_767  # Word counts no further; above it the number would only grow longer
_LETTERS_MOST = 780  # thirty times the alphabet


def write_number(value: int, style: str) -> str:
    """``value`` in the format ``style``; a format that Chinese documents do not use, and a value outside its series, in digits."""
    if value < 0:
        return str(value)
    write = _FORMATS.get(style)
    return write(value) if write else str(value)


def _series(name: str) -> str:
    return str(load_rules("docx").data["series"][name])


def _digit_by_digit(value: int) -> str:
    digits = _series("digits")
    return "".join(digits[int(digit)] for digit in str(value))


def _counting(value: int) -> str:
    """十一 below one hundred, 一〇〇 from there on."""
    return _spoken(value) if value < 100 else _digit_by_digit(value)


def _spoken(value: int) -> str:
    """十一, 一百零一, 一千零二十."""
    digits, tens = _series("digits"), _series("tens")
    told = _thousands(value, digits, tens)
    return told[1:] if told.startswith(digits[1] + tens[0]) else told


def _legal(value: int) -> str:
    """壹拾壹, 壹佰零壹."""
    return _thousands(value, _series("legal_digits"), _series("legal_tens"))


def _japanese(value: int) -> str:
    """百一: without a one before ten, hundred and thousand, and without zeros."""
    if not 0 < value < 10_000:
        return _spoken(value)
    digits, tens = _series("digits"), _series("tens")
    told = ""
    for power in (3, 2, 1, 0):
        digit = value // 10**power % 10
        if digit:
            told += ("" if digit == 1 and power else digits[digit]) + (tens[power - 1] if power else "")
    return told


def _thousands(value: int, digits: str, tens: str) -> str:
    """``value`` in words, by groups of four digits."""
    zero = _series("zero")
    if value == 0:
        return zero
    if value >= 10**12:
        return str(value)
    told, gap = "", False
    for power in range(len(str(value)) - 1, -1, -1):
        digit = value // 10**power % 10
        if digit:
            told += (zero if gap and told else "") + digits[digit] + (tens[power % 4 - 1] if power % 4 else "")
            gap = False
        else:
            gap = True
        if power in (4, 8) and value // 10**power % 10**4:
            told += _series("wans")[power // 4 - 1]
            gap = gap and False
    return told


def _member(name: str) -> Callable[[int], str]:
    """Members of a series, the first for 1; digits outside it."""

    def write(value: int) -> str:
        series = _series(name)
        return series[value - 1] if 0 < value <= len(series) else str(value)

    return write


def _cycle(value: int) -> str:
    """甲子, 乙丑 … 癸亥, for sixty."""
    stems, branches = _series("stems"), _series("branches")
    return stems[(value - 1) % len(stems)] + branches[(value - 1) % len(branches)] if value else "0"


def _roman(value: int) -> str:
    if not 0 < value <= _ROMAN_MOST:
        return str(value)
    told = ""
    for letters, worth in _ROMAN.items():
        told += letters * (value // worth)
        value %= worth
    return told


def _letters(value: int) -> str:
    """A … z, aa, bb … as Word continues."""
    if not 0 < value <= _LETTERS_MOST:
        return str(value)
    return chr(ord("a") + (value - 1) % _LETTERS) * ((value - 1) // _LETTERS + 1)


def _full_width(value: int) -> str:
    digits = _series("full_width")
    return "".join(digits[int(digit)] for digit in str(value))


def _ordinal(value: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th") if value % 100 not in (11, 12, 13) else "th"
    return f"{value}{ending}"


_FORMATS: dict[str, Callable[[int], str]] = {
    "none": lambda _: "",
    "decimalZero": lambda value: f"{value:02d}",
    "upperRoman": lambda value: _roman(value).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda value: _letters(value).upper(),
    "lowerLetter": _letters,
    "ordinal": _ordinal,
    "hex": lambda value: f"{value:X}",
    "numberInDash": lambda value: f"- {value} -",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "decimalEnclosedCircle": _member("circled"),
    "decimalEnclosedCircleChinese": _member("circled"),
    "decimalEnclosedFullstop": _member("with_stop"),
    "decimalEnclosedParen": _member("in_brackets"),
    "ideographEnclosedCircle": _member("circled_chinese"),
    "ideographTraditional": _member("stems"),
    "ideographZodiac": _member("branches"),
    "ideographZodiacTraditional": _cycle,
    "ideographDigital": _digit_by_digit,
    "japaneseDigitalTenThousand": _digit_by_digit,
    "koreanDigital2": _digit_by_digit,
    "taiwaneseDigital": _digit_by_digit,
    "chineseCounting": _counting,
    "taiwaneseCounting": _counting,
    "chineseCountingThousand": _spoken,
    "taiwaneseCountingThousand": _spoken,
    "japaneseCounting": _japanese,
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": _legal,
    "japaneseLegal": _legal,
}
