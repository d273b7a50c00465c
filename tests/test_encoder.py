"""Vectors whose closeness is closeness of meaning: from the model that ships, and from any sentence-transformers model."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.batch import Options
from pipeline.errors import ModelError
from pipeline.search.encoder import MODEL, StaticEncoder, load_encoder
from pipeline.search.request import make_wish, open_index
from pipeline.store import StoreError, open_store
from pipeline.store.ingest import ingest
from pipeline.store.reindex import reindex

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TEXTS = ["让老人吃饭更方便，推进交通拥堵治理，GDP增长5.3%", "适龄女生ＨＰＶ疫苗；AI＋行动", "建设5G基站4.5万个", "停车位"]


@pytest.mark.parametrize(
    ("query", "nearer", "farther"),
    [
        ("堵车", "推进缓堵保畅，打通断头路", "加强森林防火"),
        ("老人没人做饭", "建设社区长者食堂，发展老年助餐", "新建高标准农田"),
        ("工钱要不回来", "根治拖欠农民工工资", "推进生活垃圾分类"),
        ("家里孩子没地方上幼儿园", "新增普惠性幼儿园学位", "加快数字经济发展"),
        ("河里一股臭味", "消除城市黑臭水体", "培育专精特新企业"),
        ("药太贵吃不起", "推进药品和医用耗材集中带量采购", "加强耕地保护"),
    ],
)
def test_everyday_words_stand_near_those_of_officials(query: str, nearer: str, farther: str) -> None:
    """What means alike is nearer than what does not, though no word is shared."""
    asked, near, far = load_encoder().encode([query, nearer, farther])
    assert asked @ near > asked @ far + 0.2


@given(st.lists(st.text(max_size=60), max_size=60))
@settings(max_examples=30)
def test_rows_have_length_one_or_none(texts: list[str]) -> None:
    """Every text has a row: of length 1, or zeros where no word is known."""
    encoder = load_encoder()
    rows = encoder.encode(texts)
    assert (len(texts), encoder.dimensions) == rows.shape
    assert rows.dtype == np.float32
    lengths = np.linalg.norm(rows, axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))


def test_one_text_and_many_have_the_same_vectors() -> None:
    """Reading rows from disk and converting the whole table give the same numbers."""
    alone, together = StaticEncoder(MODEL), StaticEncoder(MODEL)
    many = together.encode(TEXTS * 20)
    assert np.array_equal(alone.encode(TEXTS), many[: len(TEXTS)])


def test_longest_words_are_taken() -> None:
    """A text is cut as the tokenizer of the model lays down: the longest entry at each place, digits and punctuation left out."""
    encoder = StaticEncoder(MODEL)
    assert "停车" not in encoder.words("停车场") or "停车场" not in encoder.words("停车场")
    assert "hpv" in encoder.words("ＨＰＶ疫苗2025年")
    assert [] == encoder.words("2025！？😀")


def test_shipped_model_is_small_and_whole() -> None:
    """The model is a few megabytes, names itself by its content, and has no weights but safetensors."""
    files = [path for path in MODEL.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 10_000_000
    assert {".safetensors", ".json", ".py", ".md"} >= {path.suffix for path in files if "__pycache__" not in path.parts}


@pytest.mark.parametrize("spoil", ["missing", "header", "vocabulary"])
def test_broken_model_is_told_in_one_line(tmp_path: Path, spoil: str) -> None:
    """A model that is not whole is named with the way out."""
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder, ignore=shutil.ignore_patterns("__pycache__"))
    body = folder / "0_StaticEmbedding"
    if spoil == "missing":
        (body / "model.safetensors").unlink()
    elif spoil == "header":
        (body / "model.safetensors").write_bytes(b"12345")
    else:
        (body / "tokenizer.json").write_text("{}", "utf-8")
    with pytest.raises(ModelError, match=r"make models") as caught:
        StaticEncoder(folder)
    assert "\n" not in str(caught.value)


def test_a_name_without_its_extra_or_model_is_told_in_one_line(tmp_path: Path) -> None:
    """A model that is not there, or needs what is not installed, is named with the way out, and nothing is fetched."""
    with pytest.raises(ModelError, match=r"no-such-model") as caught:
        load_encoder(str(tmp_path / "no-such-model"))
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a small transformer whose tokens are single characters; its weights are drawn by lot."""
    pytest.importorskip("sentence_transformers", reason="needs the extra neural: pip install 'policy-commitments[neural]'")
    import torch
    from sentence_transformers import SentenceTransformer, models
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("transformer")
    characters = sorted({character for text in TEXTS for character in text.lower()})
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]) + "\n", "utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(characters) + 5, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=128,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder, safe_serialization=True)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    whole = SentenceTransformer(
        modules=[models.Transformer(str(folder), max_seq_length=128), models.Pooling(32, pooling_mode="mean")], device="cpu"
    )
    whole.save(str(folder / "whole"), safe_serialization=True)
    return str(folder / "whole")


def test_any_transformer_can_take_its_place(transformer: str, plan: Path, tmp_path: Path) -> None:
    """A store that is indexed again with another model is searched with it, and refuses the one that ships."""
    encoder = load_encoder(transformer)
    rows = encoder.encode(TEXTS)
    assert (len(TEXTS), 32) == rows.shape
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    with open_store(tmp_path / "a.db", create=True) as store:
        ingest([plan], store, Options())
        reindex(store, encoder, found_at=transformer)
        from pipeline.search.find import search

        answer = search(open_index(store, transformer), "停车位", make_wish())
        assert answer.found
        assert "停车位" in answer.hits[0].text
        assert answer.hits == search(open_index(store), "停车位", make_wish()).hits  # the store knows which model it was built with
        with pytest.raises(StoreError):
            store.check_encoder(load_encoder())


def test_weights_that_are_no_safetensors_are_refused(transformer: str, tmp_path: Path) -> None:
    """Pickled weights can run code and are not loaded."""
    folder = tmp_path / "pickled"
    shutil.copytree(transformer, folder)
    import torch
    from safetensors.torch import load_file

    for path in list(folder.rglob("*.safetensors")):
        torch.save(load_file(path), path.with_name("pytorch_model.bin"))
        path.unlink()
    with pytest.raises(ModelError, match=r"pickled"):
        load_encoder(str(folder))


def test_code_of_a_model_is_not_run(transformer: str, tmp_path: Path) -> None:
    """A model that brings modules of its own is refused, and they are not imported."""
    folder = tmp_path / "own_code"
    shutil.copytree(transformer, folder)
    (folder / "trap.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\nclass Trap: ...\n", "utf-8")
    modules = json.loads((folder / "modules.json").read_text("utf-8"))
    modules[0]["type"] = "trap.Trap"
    (folder / "modules.json").write_text(json.dumps(modules), "utf-8")
    with pytest.raises(ModelError):
        load_encoder(str(folder))
    assert not (tmp_path / "ran").exists()


def test_sentence_transformers_reads_the_shipped_model() -> None:
    """The model that ships gives the same vectors there as here."""
    library = pytest.importorskip("sentence_transformers", reason="needs the extra neural: pip install 'policy-commitments[neural]'")
    theirs: Sequence[float] = library.SentenceTransformer(str(MODEL), device="cpu", local_files_only=True).encode(TEXTS)
    assert np.allclose(load_encoder().encode(TEXTS), np.asarray(theirs, np.float32), atol=2e-3)
