"""Write tests/floors.toml from the present scores: `make floors` raises floors.

With ``--lower`` it also lowers them, which takes a reason in the commit.
"""

from __future__ import annotations

import hashlib
import math
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from pipeline.evaluate import evaluate_folder  # noqa: E402 - found only after the project's folder is on the path

FILE = ROOT / "tests" / "floors.toml"
FOLDERS = {"sample": ROOT / "corpus" / "gold", "dev": ROOT.parent / "shared" / "gold" / "dev"}
MARGIN = 0.01  # a change of wording may cost a record or two without being a step back
STEP = 0.005
HEAD = """# The least that each score may be (F1; for meta the share of documents that are right). Checked by tests/test_floors.py.
# `make floors` raises floors to the present scores; lowering one takes a reason in the commit. sha256 pins the gold documents.
"""


def checksum(folder: Path) -> str:
    """One hash of the names and contents of all gold documents of a folder."""
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in sorted(folder.glob("*.json")))).hexdigest()


def reached(scores: dict[str, Any]) -> dict[str, float]:
    """The scores that have floors, by name."""
    f1 = {name: row["f1"] for name, row in scores.items() if "f1" in row and not name.endswith(".found")}
    return f1 | {f"meta.{name}": share for name, share in scores["meta"].items()}


def pinned(part: str, folder: Path, old: dict[str, float]) -> str:
    """The table of one folder, with no floor below ``old``."""
    floors = {name: math.floor((score - MARGIN) / STEP) * STEP for name, score in reached(evaluate_folder(folder).scores).items()}
    lines = [f"'{name}' = {max(floor, old.get(name, 0.0)):.3f}" for name, floor in floors.items()]
    return "\n".join([f"\n[{part}]", f"sha256 = '{checksum(folder)}'", "", f"[{part}.floors]", *lines, ""])


if __name__ == "__main__":
    present = tomllib.loads(FILE.read_text("utf-8"))
    text = HEAD
    for part, folder in FOLDERS.items():
        if not folder.is_dir():
            sys.exit(f"{folder}: is not there; floors are pinned where all annotated documents are")
        text += pinned(part, folder, {} if "--lower" in sys.argv else present[part]["floors"])
    FILE.write_text(text, "utf-8")
