"""A store as DataFrames, a string without a store, and a table that says what made it."""

import tempfile
from pathlib import Path

from pipeline import open_store
from pipeline.analysis import as_frames, extract, save_frame
from pipeline.batch import Options
from pipeline.store import open_store as open_engine
from pipeline.store.ingest import ingest

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "office.db"
    with open_engine(path, create=True) as engine:
        ingest([Path("corpus/2024"), Path("corpus/2025")], engine, Options())
    with open_store(path, as_of="2025-06-30") as store:
        targets = store.quantities(status="planned", year=2025)
        print(targets[["place", "indicator", "low", "unit", "end"]].head())
        print(store.search("停车位", limit=2)["text"].tolist())
        for chunk in store.chunks("tasks", 100, columns=["status"]):
            print(chunk["status"].value_counts().to_dict())
        save_frame(targets, Path(folder) / "targets.xlsx")

print(as_frames(extract("到2025年底，新建公共停车位4500个以上。")).quantities["low"].tolist())
