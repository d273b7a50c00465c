"""From a text to its records, and into a file."""

import tempfile
from pathlib import Path

from pipeline.export import write_records
from pipeline.extract import extract
from pipeline.read import document_from_text, read_document

extraction = extract(document_from_text("到2025年底，市住建局新建公共停车位4500个以上。", "2025_甲市_工作要点.txt"))
for quantity in extraction.quantities:
    print(quantity.text, quantity.indicator, quantity.comparator, quantity.low, quantity.unit, quantity.end)

document = read_document(Path("corpus/2021/澜川市城市管理局2021年工作要点.txt"))
with tempfile.TemporaryDirectory() as folder:
    write_records([extraction, extract(document)], Path(folder) / "records.xlsx")
