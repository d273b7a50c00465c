"""One text under several names is kept once, and every name tells so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pipeline.batch import Options
from pipeline.store import open_store
from pipeline.store.check import find_faults
from pipeline.store.corrections import Person, correct
from pipeline.store.duplicates import similarity
from pipeline.store.exchange import export_lines, export_store, import_lines
from pipeline.store.ingest import ingest
from pipeline.store.removal import remove

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.store import SqliteStore

# Long enough that one changed figure leaves the text the same, as in real notices.
BODY = "".join(
    f"{number}、{work}。{place}住建局牵头，到2025年底完成{number * 37}处，各区配合，建立台账，按月调度，确保群众满意。\n"
    for number, (work, place) in enumerate(
        [
            ("改造老旧小区供水管网，解决水压不足、管道锈蚀的问题", "市"),
            ("新建口袋公园，把边角地还给附近居民，配齐座椅和照明", "市"),
            ("整治背街小巷，规整杆线，修补破损路面，清理占道堆物", "区"),
            ("增设电动自行车充电设施，消除飞线充电带来的火灾隐患", "县"),
            ("推进生活垃圾分类，建设可回收物分拣中心，方便群众投放", "市"),
            ("开展窨井盖专项排查，安装防坠网，更换破损和松动的井盖", "区"),
        ],
        start=1,
    )
)
OTHER_WORK = (
    "公共停车位", "绿道驿站", "公厕改造", "道路照明", "雨污分流", "农贸市场提升", "智慧工地", "餐厨垃圾收运", "河道清淤", "充电桩",
    "城市书房", "便民早餐点", "无障碍坡道", "共享单车停放点", "公交候车亭", "消防通道划线", "屋顶漏水维修", "社区食堂",
)  # fmt: skip
HEAD = "关于印发{place}2025年城市管理工作要点的通知\n\n{place}人民政府办公室\n2025年1月8日\n\n"
LIBRARY = "\n本文来自公文写作网，更多范文请访问公文写作网。\n"


def write(folder: Path, name: str, place: str = "上饶市", body: str = BODY, end: str = "") -> Path:
    """A notice of ``place`` in a file of this name."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(HEAD.format(place=place) + body + end, "utf-8")
    return path


def take_in(store: SqliteStore, *paths: Path) -> list[tuple[str, str]]:
    """Ingest the files one after the other; the copies that were told."""
    return [copy for path in paths for copy in ingest([path], store, Options()).copies]


def by_name(store: SqliteStore) -> dict[str, dict[str, Any]]:
    """The documents by the names of their files."""
    return {row["source"].rsplit("/", 1)[1]: row for row in store.documents()}


def test_same_text_under_two_names_is_kept_once(tmp_path: Path) -> None:
    """The second name is flagged with the first; passages and records are there once."""
    first, second = write(tmp_path / "a", "通知.txt"), write(tmp_path / "b", "要点.txt")
    with open_store(tmp_path / "a.db", create=True) as store:
        take_in(store, first)
        passages, tasks = len(store.passage_table().number), len(list(store.tasks()))
        assert [(str(second), str(first))] == take_in(store, second)
        assert (passages, tasks) == (len(store.passage_table().number), len(list(store.tasks())))
        rows = by_name(store)
        assert rows["通知.txt"]["doc_id"] == rows["要点.txt"]["duplicate_of"]
        assert ["duplicate_of"] == [warning["code"] for warning in rows["要点.txt"]["warnings"]]
        assert [] == rows["通知.txt"]["warnings"]
        copy = store.document(rows["要点.txt"]["doc_id"])
        assert copy is not None
        assert copy.text == second.read_text("utf-8")
        extraction = store.extraction(copy.doc_id)
        assert extraction is not None
        assert tasks == len(extraction.tasks)
        assert store.lines(copy.doc_id).count(b"\n") == store.lines(rows["通知.txt"]["doc_id"]).count(b"\n")
        assert [] == list(find_faults(store))


@pytest.mark.parametrize(
    ("name", "place", "change", "is_copy"),
    [
        ("要点.txt", "上饶市", ("37处", "38处"), True),  # one figure
        ("要点.txt", "上饶市", ("，", ","), True),  # other punctuation
        ("要点.txt", "上饶市", ("各区配合", "各县（市、区）人民政府和有关单位按照职责分工配合"), False),  # other content
        ("要点.txt", "上饶市", ("2025年", "2026年"), False),  # the next year's
        ("2024_要点.txt", "上饶市", ("\n", "\n"), True),  # the year of the text counts, not that of the file alone
        ("要点.txt", "上饶市", ("城市管理工作要点的通知", "《城市管理工作要点》的通知"), False),  # another thing is named
        ("要点.txt", "上饶市", ("关于印发", "转发："), True),  # a title that says the same in part
        ("要点（征求意见稿）.txt", "上饶市", ("37处", "38处"), False),  # a draft is another document
    ],
)
def test_small_differences_make_a_copy_and_others_do_not(
    tmp_path: Path, name: str, place: str, change: tuple[str, str], *, is_copy: bool
) -> None:
    """A figure or a comma more is a copy; another year, another edition, other duties are not."""
    first = write(tmp_path / "a", "通知.txt")
    second = tmp_path / "b" / name
    second.parent.mkdir()
    second.write_text((HEAD.format(place=place) + BODY).replace(*change), "utf-8")
    with open_store(tmp_path / "a.db", create=True) as store:
        assert is_copy == bool(take_in(store, first, second))


def test_text_of_another_city_is_flagged_on_both(tmp_path: Path) -> None:
    """A file that calls itself one city's and is word for word another's has its place in doubt."""
    more = "".join(f"{work}由上饶市城市管理局负责，到2025年底新增{number * 91}处。\n" for number, work in enumerate(OTHER_WORK, start=3))
    first = write(tmp_path / "a", "2025_上饶市_工作要点.txt", body=BODY * 2 + more)
    second = write(tmp_path / "b", "2025_赣州市_工作要点.txt", place="赣州市", body=BODY * 2 + more)
    with open_store(tmp_path / "a.db", create=True) as store:
        take_in(store, second, first)
        rows = by_name(store)
        assert rows[first.name]["doc_id"] == rows[second.name]["duplicate_of"], "the text speaks of 上饶市"
        assert {"duplicate_of", "place_conflict"} <= {warning["code"] for warning in rows[second.name]["warnings"]}
        assert "place_conflict" in {warning["code"] for warning in rows[first.name]["warnings"]}
        assert "赣州市" in rows[first.name]["warnings"][-1]["message"]


@pytest.mark.parametrize("official_first", [True, False])
def test_official_document_is_the_original_whatever_came_first(tmp_path: Path, *, official_first: bool) -> None:
    """A copy from a library site is marked, ranked below, and gives way to the official one."""
    official, library = write(tmp_path / "a", "通知.txt"), write(tmp_path / "b", "范文.txt", end=LIBRARY)
    with open_store(tmp_path / "a.db", create=True) as store:
        take_in(store, *([official, library] if official_first else [library, official]))
        rows = by_name(store)
        assert (0, 1) == (rows["通知.txt"]["rank"], rows["范文.txt"]["rank"])
        assert (None, rows["通知.txt"]["doc_id"]) == (rows["通知.txt"]["duplicate_of"], rows["范文.txt"]["duplicate_of"])
        assert {rows["通知.txt"]["doc_id"]} == {task.doc_id for task in store.tasks()}
        assert [] == list(find_faults(store))


def test_copy_takes_the_place_of_its_original(tmp_path: Path) -> None:
    """When the original is removed or becomes another text, a copy has the content, and its own copies follow it."""
    paths = [write(tmp_path / folder, "通知.txt") for folder in "abc"]
    with open_store(tmp_path / "a.db", create=True) as store:
        take_in(store, *paths)
        originals = [row["source"] for row in store.documents() if row["duplicate_of"] is None]
        assert [str(paths[0])] == originals
        lines = {row["source"]: store.lines(row["doc_id"]).split(b"\n", 1)[1] for row in store.documents()}
        remove(store, [str(paths[0])])
        rows = {row["source"]: row for row in store.documents()}
        assert (None, rows[str(paths[1])]["doc_id"]) == (rows[str(paths[1])]["duplicate_of"], rows[str(paths[2])]["duplicate_of"])
        assert lines[str(paths[1])] == store.lines(rows[str(paths[1])]["doc_id"]).split(b"\n", 1)[1]
        write(paths[1].parent, "通知.txt", body="一、另一份文件，内容完全不同，到2025年底完成5处。\n" * 5)
        take_in(store, paths[1])
        assert [None, None] == [row["duplicate_of"] for row in store.documents()]
        assert [] == list(find_faults(store))


def test_corrected_document_stays_the_original(tmp_path: Path) -> None:
    """What people have worked on is not put away for a copy that comes later, also after export and import."""
    library, official = write(tmp_path / "b", "范文.txt", end=LIBRARY), write(tmp_path / "a", "通知.txt")
    with open_store(tmp_path / "a.db", create=True) as store:
        take_in(store, library)
        correct(store, next(store.quantities()).id, "confirm", Person("张三"))
        take_in(store, official)
        assert by_name(store)["范文.txt"]["duplicate_of"] is None
        export_store(store, tmp_path / "all.jsonl")
        expected = b"".join(export_lines(store))
    with open_store(tmp_path / "b.db", create=True) as store, (tmp_path / "all.jsonl").open("rb") as lines:
        import_lines(lines, store)
        assert expected == b"".join(export_lines(store))
        assert [] == list(find_faults(store))


def test_files_of_one_name_in_folders_of_one_name_are_two_documents(tmp_path: Path) -> None:
    """Neither replaces the other; a file that was moved stays the document that it was."""
    one, other = tmp_path / "甲" / "2025", tmp_path / "乙" / "2025"
    one.mkdir(parents=True)
    other.mkdir(parents=True)
    one = write(one, "通知.txt")
    other = write(other, "通知.txt", place="赣州市", body="一、到2025年底完成5处改造。\n" * 4)
    with open_store(tmp_path / "a.db", create=True) as store:
        take_in(store, one, other)
        assert 2 == len({row["doc_id"] for row in store.documents()})
        assert {"new": 0, "unchanged": 2, "revised": 0, "reread": 0, "failed": 0} == ingest([one, other], store, Options()).counts
        moved = tmp_path / "丙" / "2025"
        moved.mkdir(parents=True)
        one.rename(moved / "通知.txt")
        take_in(store, moved / "通知.txt")
        assert 2 == len(list(store.documents()))
        assert [] == list(find_faults(store))


def test_similarity_of_texts() -> None:
    """Blanks and punctuation do not count; short texts are the same or not."""
    assert 1.0 == similarity("新建停车位，4500个。", "新建 停车位4500个")
    assert 0.0 == similarity("新建停车位4500个", "新建停车位4600个")
    assert 0.9 < similarity(BODY, BODY.replace("37处", "38处")) < 1.0
