"""Write docs/api.md from signatures and docstrings, with the examples of docs/examples, and the columns of docs/analysis.md. `make docs`.

The source is parsed, not imported: the page can be written where the extras are not installed.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from pipeline.analysis.columns import DTYPES, FRAMES, Column  # noqa: E402 - found only after the project's folder is on the path

EXAMPLES = ROOT / "docs" / "examples"
PAGE = ROOT / "docs" / "api.md"
ANALYSIS = ROOT / "docs" / "analysis.md"
_COLUMNS = re.compile(r"(<!-- columns -->\n).*?(<!-- /columns -->)", re.DOTALL)
HEAD = """# Python API

Written by `make docs` from signatures and docstrings; a test compares, and runs the examples in the project's folder.
Dataclasses go in and come out; what their fields mean stands in [records.md](records.md), what the columns of frames mean in
[analysis.md](analysis.md).
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page: what it is about, where its names live, and the extra that its example needs."""

    title: str
    names: tuple[tuple[str, tuple[str, ...]], ...]  # module, public names
    example: str
    extra: str | None = None


PARTS = (
    Part(
        "Read, cut, extract, write",
        (
            ("pipeline.read.document", ("read_document", "document_from_text")),
            ("pipeline.segment.structure", ("segment",)),
            ("pipeline.extract", ("extract",)),
            ("pipeline.export", ("write_records", "open_export")),
            ("pipeline.normalize", ("normalize_text",)),
        ),
        "records",
    ),
    Part(
        "Keep and find",
        (
            ("pipeline.store", ("open_store",)),
            ("pipeline.store.ingest", ("ingest",)),
            ("pipeline.store.interface", ("RecordFilter", "Store")),
            ("pipeline.store.corrections", ("correct", "add_record", "undo")),
            ("pipeline.search.request", ("make_wish", "open_index")),
            ("pipeline.search.find", ("search",)),
        ),
        "store",
    ),
    Part(
        "Frames for analysts",
        (
            ("pipeline.analysis.store", ("open_store", "store_of", "AnalystStore")),
            ("pipeline.analysis.reading", ("read", "segment", "extract", "as_frames")),
            ("pipeline.provenance", ("provenance_of",)),
            ("pipeline.analysis.saving", ("save_frame",)),
            ("pipeline.analysis.report", ("write_report", "Page", "Table", "table_html")),
            ("pipeline.analysis.actuals", ("write_template", "read_actuals", "Actual")),
            ("pipeline.analysis.differences", ("stored", "extracted_again", "of_file", "compare_extractions")),
        ),
        "analysis",
        "analysis",
    ),
    Part(
        "Charts, topics, calibration",
        (
            (
                "pipeline.analysis.charts",
                ("chart_series", "chart_compare", "chart_progress", "chart_reliability", "verdict_rates", "save_chart", "notebook_charts"),
            ),
            ("pipeline.analysis.topics", ("assign_fields", "cluster_wordings", "field_terms")),
            ("pipeline.analysis.calibration", ("judged_records", "reliability")),
        ),
        "charts",
        "analysis",
    ),
    Part(
        "spaCy and annotation tools",
        (
            ("pipeline.spacy_pipe.component", ("make_component",)),
            ("pipeline.spacy_pipe.display", ("highlighted",)),
            ("pipeline.annotation.sheet", ("sheet_of", "sheet_of_gold")),
            ("pipeline.annotation.doccano", ("to_doccano", "from_doccano", "label_types")),
            ("pipeline.annotation.label_studio", ("to_label_studio", "from_label_studio", "labelling_interface")),
            ("pipeline.annotation.gold", ("gold_of",)),
            ("pipeline.annotation.decisions", ("decisions_of", "apply_decisions")),
        ),
        "spacy_pipe",
        "spacy",
    ),
)


def api_page() -> str:
    """docs/api.md: a section for each part, with its example and each public name."""
    return HEAD + "".join(f"\n{block}\n" for part in PARTS for block in _part(part))


def with_columns(page: str) -> str:
    """``page`` with a table of the columns of each frame between its two marks."""
    tables = "\n".join(f"### {name}\n\n| column | type | meaning |\n| --- | --- | --- |\n{_rows(FRAMES[name])}" for name in FRAMES)
    return _COLUMNS.sub(lambda match: f"{match[1]}{tables}{match[2]}", page)


def _rows(columns: tuple[Column, ...]) -> str:
    return "".join(f"| `{column.name}` | `{DTYPES[column.type]}` | {column.meaning}{_values(column)} |\n" for column in columns)


def _values(column: Column) -> str:
    return ": " + " · ".join(f"`{value}`" for value in column.values) if column.values else ""


def write_pages() -> None:
    """Write both pages anew."""
    PAGE.write_text(api_page(), "utf-8")
    ANALYSIS.write_text(with_columns(ANALYSIS.read_text("utf-8")), "utf-8")


def _part(part: Part) -> Iterator[str]:
    yield f"## {part.title}"
    if part.extra:
        yield f'Needs `pip install -e ".[{part.extra}]"`.'
    code = (EXAMPLES / f"{part.example}.py").read_text("utf-8")
    yield f"```python{' ' + part.extra if part.extra else ''}\n{_without_docstring(code)}```"
    for module, names in part.names:
        tree = ast.parse(_source(module).read_text("utf-8"))
        known = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        for name in names:
            yield from _entry(module, known[name])


def _source(module: str) -> Path:
    path = ROOT / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _without_docstring(code: str) -> str:
    """The example without its first lines, which tell linters what it is."""
    return code.partition('"""\n\n')[2]


def _entry(module: str, node: ast.FunctionDef | ast.ClassDef) -> Iterator[str]:
    yield f"### `{module}.{node.name}`"
    if isinstance(node, ast.FunctionDef):
        yield f"```text\n{_signature(node)}\n```"
        yield _docstring(node)
        return
    yield _docstring(node)
    fields = [ast.unparse(item) for item in node.body if isinstance(item, ast.AnnAssign)]
    if fields:
        yield "```text\n" + "\n".join(fields) + "\n```"
    methods = [item for item in node.body if isinstance(item, ast.FunctionDef) and not item.name.startswith("_")]
    if methods:
        yield "\n".join(f"- `{_signature(item)}`\n  {_indented(_docstring(item))}" for item in methods)


def _signature(node: ast.FunctionDef) -> str:
    """Name, arguments and result, without ``self``."""
    arguments = ast.unparse(node.args).removeprefix("self, ").removeprefix("self")
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    decorated = any(isinstance(item, ast.Name) and item.id == "property" for item in node.decorator_list)
    return f"{node.name}{result}" if decorated else f"{node.name}({arguments}){result}"


def _docstring(node: ast.FunctionDef | ast.ClassDef) -> str:
    """The docstring as Markdown: double backquotes of docstrings are single ones there."""
    return (ast.get_docstring(node) or "").replace("``", "`")


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")


if __name__ == "__main__":
    write_pages()
