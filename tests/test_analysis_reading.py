"""Strings and files without a store: read, cut, extract, and records that show themselves safely."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ReadError
from tests.conftest import ROOT

pytest.importorskip("pandas")
from pipeline.analysis import as_frames, extract, open_store, read, segment
from pipeline.analysis.columns import DTYPES, FRAMES
from pipeline.analysis.messages import AnalysisError
from pipeline.analysis.show import html_of, marked

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

PLAN = "甲市2025年工作要点\n一、重点任务\n到2025年底，市住建局新建公共停车位4500个以上。"
FILE = ROOT / "corpus" / "2021" / "澜川市城市管理局2021年工作要点.txt"


def types(frame: pd.DataFrame, kind: str) -> list[tuple[str, bool]]:
    """Whether each column of a frame has the type that is documented."""
    expected = {column.name: {"string[pyarrow]": "string"}.get(DTYPES[column.type], DTYPES[column.type]) for column in FRAMES[kind]}
    return [(name, expected.get(name) == str(dtype)) for name, dtype in frame.dtypes.items()]


def test_text_and_file_are_read_alike() -> None:
    """A string is text, a path or the name of a file that is there is the file; a document stays itself."""
    document = read(FILE)
    assert (document, document) == (read(str(FILE)), read(document))
    assert "甲市2025年工作要点" == read(PLAN).title
    assert 2025 == read("新建公园3个。", "2025_甲市_政府工作报告.txt").plan_year


def test_a_name_without_a_file_is_no_text() -> None:
    """A mistyped path is told, not extracted as if it were a sentence; blank text is refused as in reading."""
    with pytest.raises(AnalysisError, match=r"没有“报告\.docx”"):
        extract("报告.docx")
    with pytest.raises(ReadError):
        extract("  \n ")


def test_segment_gives_sentences_with_headings_and_labels() -> None:
    """One row a sentence, as the annotation guidelines cut them."""
    frame = segment(PLAN)
    assert ["heading", "heading", "planned"] == frame["label"].tolist()
    assert ["一、重点任务"] == frame["section"].iloc[-1]
    assert frame["text"].tolist() == [PLAN[a:b] for a, b in zip(frame["span_start"], frame["span_end"], strict=True)]
    assert all(right for _, right in types(frame, "sentences"))


def test_frames_of_one_document_are_those_of_a_store(tmp_path: Path) -> None:
    """What is extracted from a file in a notebook looks as it does in a store."""
    from pandas.testing import assert_frame_equal

    from pipeline.batch import Options
    from pipeline.store import open_store as open_engine
    from pipeline.store.ingest import ingest

    with open_engine(tmp_path / "office.db", create=True) as engine:
        ingest([FILE], engine, Options())
    frames = as_frames(extract(FILE))
    with open_store(tmp_path / "office.db") as store:
        for kind in ("tasks", "quantities", "deadlines"):
            whole, single = getattr(store, kind)(), getattr(frames, kind)
            assert_frame_equal(whole.drop(columns=["source"]), single.drop(columns=["source"]), check_categorical=False)
            assert all(right for _, right in types(single, kind))
        assert list(store.documents()) == list(frames.documents)


class Tags(HTMLParser):
    """The tags of a piece of HTML and its text."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        assert all(not name.startswith("on") for name, _ in attrs)
        self.tags.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Every tag closes the last that was opened."""
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        """Gather text."""
        self.text += data


def parsed(html: str) -> Tags:
    """The parsed HTML, all of whose tags are closed."""
    tags = Tags()
    tags.feed(html)
    tags.close()
    assert [] == tags.open
    return tags


def test_records_show_text_codes_and_source() -> None:
    """What a notebook shows of each kind of record."""
    extraction = extract(PLAN)
    task, quantity, deadline = extraction.tasks[0], extraction.quantities[0], extraction.deadlines[0]
    assert {"部署", "承办 市住建局"} <= {part.strip() for part in chips(html_of(task))}
    assert {"目标", "不低于 4,500个", "2025-12-31"} <= set(chips(html_of(quantity)))
    assert {"截止", "2025-12-31"} <= set(chips(html_of(deadline)))
    whole = html_of(extraction)
    assert ">4500个以上</mark>" in whole
    assert PLAN.replace("\n", "") in parsed(whole).text
    assert whole == extraction._repr_html_()
    assert all(hasattr(thing, "_repr_html_") for thing in (task, quantity, deadline, extraction.document))


def chips(html: str) -> list[str]:
    """The little labels of a record."""
    return [part.split("</span>")[0].split(">")[-1] for part in html.split("<span")[1:]]


def test_what_looks_like_markup_stays_text() -> None:
    """A title, a text or a file name cannot put anything into a notebook."""
    bad = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    extraction = extract(f"{bad}2025年工作要点\n新建{bad}公园3个。", f"{bad}.txt")
    for thing in (extraction, extraction.document, *extraction.tasks, *extraction.quantities):
        tags = parsed(html_of(thing))
        assert {"div", "span", "mark", "b"} >= tags.tags
    assert "<script>" in parsed(html_of(extraction)).text


def test_long_documents_are_cut() -> None:
    """A notebook shows the beginning of a long document and says how much is left."""
    assert "… " in parsed(html_of(extract("新建公园3个。\n" * 2000))).text


def test_nothing_else_is_shown() -> None:
    """What is no record is refused."""
    with pytest.raises(TypeError):
        html_of("text")


@given(st.text(alphabet="ab<>&\"'建", max_size=20), st.lists(st.tuples(st.integers(0, 22), st.integers(0, 22)), max_size=6))
def test_marks_keep_every_character(text: str, spans: list[tuple[int, int]]) -> None:
    """However spans lie, the text between the tags is the text."""
    marks = [((min(pair), max(pair)), "#fff", '"<>') for pair in spans]
    assert text == parsed(marked(text, marks)).text
