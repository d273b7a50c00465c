"""Cut text into the tokens that full-text search counts: characters and pairs of characters, numbers and Latin words whole.

Reads: text of passages and queries. Writes: tokens without white space or punctuation, for a tokenizer that splits at blanks.

Pairs find words without a dictionary (a dictionary cuts 窨井盖 one way in the passage and another in the query), and single characters
find 停车 in 停放车辆; on policy texts both together rank better than words.
"""

from __future__ import annotations

import re
import unicodedata
from operator import add

from pipeline.rulebook import load_rules

# The decimal point stands inside a token as this character: a tokenizer would split the number at the point itself.
POINT = "点"
_RUN = re.compile(r"(?P<han>[\u3400-\u9fff\U00020000-\U0003134f]+)|(?P<number>\d+(?:\.\d+)?)|(?P<latin>[^\W\d_\u3400-\u9fff]+)")
_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")


def folded(text: str) -> str:
    """``text`` with full-width forms made narrow and letters small; what has no UTF-8 form becomes a blank. Offsets may change."""
    return unicodedata.normalize("NFKC", _HALF_CHARACTERS.sub(" ", text)).lower()


def runs(text: str) -> list[str]:
    """The stretches of Chinese characters, the numbers and the Latin words of a text."""
    return [run.group() for run in _RUN.finditer(folded(text))]


def index_tokens(text: str) -> str:
    """The tokens of a passage in text order, parted by blanks: 停车位4500个 → 停 车 位 停车 车位 4500 个."""
    tokens: list[str] = []
    for run in _RUN.finditer(folded(text)):
        piece = run.group()
        if run.lastgroup == "han":
            tokens += piece
            tokens += map(add, piece, piece[1:])
        else:
            tokens.append(piece.replace(".", POINT))
    return " ".join(tokens)


def query_tokens(text: str) -> tuple[str, ...]:
    """The distinct tokens of a query in text order, without the characters that tell nothing by themselves (的, 了, 吗)."""
    silent = load_rules("search").data["silent_characters"]
    return tuple(dict.fromkeys(token for token in index_tokens(text).split() if token not in silent))


def telling_tokens(text: str) -> tuple[str, ...]:
    """The tokens of a query that passages are looked for by: pairs, numbers and Latin words, and characters that stand alone.

    Single characters beside their pairs find nothing more, rank no better and take most of the time.
    """
    alone = {run for run in runs(text) if len(run) == 1}
    return tuple(token for token in query_tokens(text) if len(token) > 1 or token in alone)
