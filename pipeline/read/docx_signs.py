"""Signs that a Word document does not hold as text: of fonts of symbols, drawn by a field, raised.

Reads: a font and code, the instruction of a field, the text of a run. Writes: the sign as the eye sees it.
"""

from __future__ import annotations

import re

from pipeline.rulebook import load_rules

_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_PRIVATE = range(0xF000, 0xF100)  # where fonts of symbols have their signs
_PRIVATE_SIGN = re.compile("[\uf000-\uf0ff]")
_DIGITS = range(0x30, 0x3A)


def write_raised(parts: list[str], start: int) -> None:
    """Write digits from ``start`` on as superscript: 10⁵ is not 105, and 80% with note 1 is not 80%1."""
    raised = "".join(parts[start:])
    if any(sign.isdigit() for sign in raised) and raised.strip("0123456789+-−") == "":
        parts[start:] = [raised.translate(_RAISED)]


def read_symbol(font: str, code: str) -> str:
    """The sign ``code`` (hexadecimal) of ``font`` as the eye sees it, "" for one that is not known."""
    try:
        number = int(code[:8], 16)
    except ValueError:
        return ""
    signs = load_rules("docx").data["symbols"].get(font.lower())
    if number in _PRIVATE or signs is not None:
        name = f"{number & 0xFF:02x}"
        plain = chr(number & 0xFF) if font.lower() == "symbol" and (number & 0xFF) in _DIGITS else ""
        return str((signs or {}).get(name, plain))
    return chr(number) if 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000 else ""


def read_symbols(text: str, font: str) -> str:
    """``text`` with the signs of a font of symbols as the eye sees them; in any other font as it stands."""
    if font.lower() not in load_rules("docx").data["symbols"] or not _PRIVATE_SIGN.search(text):
        return text
    return _PRIVATE_SIGN.sub(lambda sign: read_symbol(font, f"{ord(sign[0]):x}"), text)


def sign_of_field(instruction: str) -> str:
    r"""What a field without result draws: ① of ``eq \o\ac(○,1)``."""
    if "eq" not in instruction[:20].lower():
        return ""
    found = load_rules("docx")["drawn"].search(instruction)
    if found is None:
        return ""
    sign, circled = found["sign"].strip(), str(load_rules("docx").data["series"]["circled"])
    if found["frame"] and sign.isascii() and sign.isdigit() and 0 < int(sign) <= len(circled):
        return circled[int(sign) - 1]
    return sign
