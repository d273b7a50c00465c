"""Take documents in, filter records, search."""

import tempfile
from pathlib import Path

from pipeline.batch import Options
from pipeline.search.find import search
from pipeline.search.request import make_wish, open_index
from pipeline.store import RecordFilter, open_store
from pipeline.store.corrections import Person, correct
from pipeline.store.ingest import ingest

with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "office.db", create=True) as store:
    ingest([Path("corpus/2021"), Path("corpus/2022")], store, Options())
    targets = list(store.quantities(RecordFilter(status="planned", unit="公里")))
    correct(store, targets[0].id, "confirm", Person("王敏", "核对原文"))
    answer = search(open_index(store), "停车位", make_wish(place=["澜川市"], limit=3))
    for hit in answer.hits:
        print(hit.document["title"], hit.text)
