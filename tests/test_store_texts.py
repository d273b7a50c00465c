"""Whatever stands in a text, the store gives it back as it was."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.batch import Options, extract_file
from pipeline.store import open_store
from pipeline.store.check import find_faults
from pipeline.store.exchange import export_lines, import_lines
from pipeline.store.ingest import ingest

PARTS = [
    "到2025年底，市住建局新建停车位4500个。", "一、重点任务\n", "（一）污水处理\n", "\n", " ", "\t", "\u3000", "\x0c", "\x1b[31m", "\u2028",
    "\u202e", "😀", "𠮷", "' OR 1=1; --", '"停车" NEAR/2 *', "NULL", "\ufeff", "±5%", "½", "Ａ４", "ﬁ", "é", "e\u0301", "🇨🇳", "\\u0000",
    "{}", "\r",
]  # fmt: skip


def round_trip(folder: Path, text: str) -> None:
    """Ingest a text, read it back, check the store, and move everything to another one."""
    path = folder / "2025_上饶市_要点.txt"
    path.write_bytes(text.encode("utf-8"))
    outcome = extract_file(path, Options())
    with open_store(folder / "a.db", create=True) as store:
        summary = ingest([path], store, Options())
        assert int(outcome.failure is not None) == summary.counts["failed"], summary.failures
        assert [outcome.lines] == [store.lines(row["doc_id"]) for row in store.documents()] or outcome.failure
        assert [] == list(find_faults(store))
        everything = b"".join(export_lines(store))
    (folder / "all.jsonl").write_bytes(everything)
    with open_store(folder / "b.db", create=True) as other, (folder / "all.jsonl").open("rb") as lines:
        import_lines(lines, other)
        assert everything == b"".join(export_lines(other))


@settings(max_examples=25)
@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=30))
def test_any_text_comes_back(parts: list[str]) -> None:
    """Store, load, export and import are the identity."""
    with TemporaryDirectory() as folder:
        round_trip(Path(folder), "上饶市2025年工作要点\n" + "".join(parts))


@pytest.mark.parametrize(
    "text",
    [
        "上饶市2025年工作要点\n到2025年底，新建停车位4500个。" + "，继续推进各项工作" * 5000 + "。",  # one endless sentence
        "工作要点\n" + "到2025年底，新建停车位4500个。\n" * 300 + "\x00",  # a stray NUL
        "好",
        "。\n" * 500,
        "1" * 20_000,
    ],
    ids=["long", "nul", "one", "marks", "digits"],
)
def test_extreme_texts_come_back(tmp_path: Path, text: str) -> None:
    """Very long, nearly empty, and with bytes that end a string elsewhere."""
    round_trip(tmp_path, text)
