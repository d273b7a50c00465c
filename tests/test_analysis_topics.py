"""Fields of tasks and groups of wordings: readable, the same at every run, and opposites stay apart."""

from __future__ import annotations

import pytest

pytest.importorskip("pandas")
pytest.importorskip("sklearn")
from pipeline.analysis.columns import DTYPES, FRAMES
from pipeline.analysis.messages import words
from pipeline.analysis.topics import assign_fields, cluster_wordings, content_words, field_terms

TASKS = {
    "推进生活垃圾分类，整治占道经营和流动摊贩。": "城市管理",
    "新增义务教育学位6000个，办好家门口的幼儿园。": "教育",
    "新建改建农村公路120公里。": "交通运输",
    "提高低保标准，加强特困人员救助供养。": "民政",
    "改造老旧小区60个，加装电梯20部。": "住房城建",
    "建设高标准农田8.6万亩，粮食产量稳定在104万吨以上。": "农业农村",
}


def test_tasks_find_their_field() -> None:
    """Tasks that name the things of a field belong to it, and say by which words."""
    frame = assign_fields(list(TASKS))
    assert list(TASKS.values()) == frame["field"].tolist()
    assert all(len(terms) > 0 for terms in frame["terms"])
    assert set(frame["field"]) <= set(words("fields").values())
    assert frame.equals(assign_fields(list(TASKS)))


def test_what_says_nothing_has_no_field() -> None:
    """General exhortation is 其他; no texts give an empty frame of the same types."""
    assert ["其他"] == assign_fields(["再接再厉，继续努力。"])["field"].tolist()
    expected = {column.name: {"string[pyarrow]": "string"}.get(DTYPES[column.type], DTYPES[column.type]) for column in FRAMES["fields"]}
    assert expected == {name: str(kind) for name, kind in assign_fields([]).dtypes.items()}


def test_terms_tell_fields_apart() -> None:
    """The words of a field are its own."""
    found = field_terms(list(TASKS), list(TASKS.values()), terms=3)
    assert set(TASKS.values()) == set(found)
    assert {} == field_terms([], [])


def test_content_words_are_what_a_text_is_about() -> None:
    """No numbers, no single characters, nothing that every report says."""
    assert ["生活垃圾分类"] == content_words("进一步推进生活垃圾分类工作，达到60%以上")


def test_wordings_that_mean_the_same_go_together() -> None:
    """Groups across places, the most used wording as the name; 城镇 and 农村, 收入 and 支出 stay apart."""
    wordings = {
        "改造老旧小区": "甲市", "老旧小区改造": "乙市", "城镇居民人均可支配收入": "甲市", "农村居民人均可支配收入": "甲市",
        "一般公共预算收入": "甲市", "一般公共预算支出": "甲市",
    }  # fmt: skip
    frame = cluster_wordings([*wordings, "改造老旧小区"], [*wordings.values(), "丙市"])
    groups = frame.groupby("cluster")["wording"].apply(set).tolist()
    assert {"改造老旧小区", "老旧小区改造"} in groups
    assert 5 == len(groups)
    first = frame.iloc[0]
    assert (0, "改造老旧小区", 2, ["丙市", "甲市"]) == (first["cluster"], first["name"], first["records"], first["places"])


@pytest.mark.parametrize("wordings", [[], ["绿道"], ["绿道", "绿道"]])
def test_few_wordings_are_no_mistake(wordings: list[str]) -> None:
    """Nothing, one, or twice the same."""
    assert len(set(wordings)) == len(cluster_wordings(wordings))
