"""Calls into pdfium that are made for every character or drawing of a page, without the conversions of its wrapper.

Reads: the names of functions. Writes: the functions, which take and give numbers and addresses alone.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_ADDRESS, _NUMBER = ctypes.c_void_p, ctypes.c_int
_KINDS: dict[str, tuple[Any, ...]] = {  # what comes back, then what is given
    "FPDFPage_GetObject": (_ADDRESS, _ADDRESS, _NUMBER),
    "FPDFFormObj_GetObject": (_ADDRESS, _ADDRESS, ctypes.c_ulong),
    "FPDFPageObj_GetType": (_NUMBER, _ADDRESS),
    "FPDFPath_GetPathSegment": (_ADDRESS, _ADDRESS, _NUMBER),
    "FPDFPathSegment_GetType": (_NUMBER, _ADDRESS),
    "FPDFPathSegment_GetClose": (_NUMBER, _ADDRESS),
    "FPDFPathSegment_GetPoint": (_NUMBER, _ADDRESS, _ADDRESS, _ADDRESS),
    "FPDFText_GetCharOrigin": (_NUMBER, _ADDRESS, _NUMBER, _ADDRESS, _ADDRESS),
    "FPDFText_GetLooseCharBox": (_NUMBER, _ADDRESS, _NUMBER, _ADDRESS),
}


@cache
def direct(name: str) -> Callable[..., Any]:
    """The function ``name`` of pdfium, called without conversions: twice as fast as through its wrapper."""
    import pypdfium2.raw as pdfium

    place = ctypes.cast(getattr(pdfium, name), ctypes.c_void_p).value or 0
    return ctypes.PYFUNCTYPE(*_KINDS[name])(place)


def address(handle: Any) -> int:
    """The address to which ``handle`` points; 0 for none."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
