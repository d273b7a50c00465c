"""Administrative areas: full names, names at the head of organs, names in running text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.places import find_places, full_name, leading_place, nation, place_called


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("南通", "南通市"),
        ("南通市", "南通市"),
        ("凉山", "凉山彝族自治州"),
        ("凉山州", "凉山彝族自治州"),
        ("黔西南", "黔西南布依族苗族自治州"),
        ("恩施", "恩施土家族苗族自治州"),  # the prefecture before the city of that name
        ("恩施市", "恩施市"),
        ("巴州", "巴音郭楞蒙古自治州"),
        ("喀什", "喀什地区"),
        ("大兴安岭", "大兴安岭地区"),
        ("兴安", "兴安盟"),
        ("潜江", "潜江市"),  # directly under its province
        ("神农架", "神农架林区"),
        ("义乌", "义乌市"),
        ("北京", "北京市"),
        ("内蒙古", "内蒙古自治区"),
        ("新疆", "新疆维吾尔自治区"),
        ("香港", "香港特别行政区"),
        ("全国", "全国"),
        ("泰和县", "泰和县"),  # by grammar
        ("广州市天河区", "广州市天河区"),
        ("吉安市泰和县", "泰和县"),
        ("石柱土家族自治县", "石柱土家族自治县"),
        ("国务院", None),
        ("市城管局", None),
        ("各县", None),
        ("我市", None),
        ("社区", None),
        ("开发区", None),
    ],
)
def test_full_names(name: str, expected: str | None) -> None:
    """Short names of provinces, prefectures and county-level cities are written out; counties are read by grammar."""
    assert expected == full_name(name)


def test_a_shared_short_name_is_decided_by_the_level() -> None:
    """吉林 is a province, and a city of that province."""
    assert full_name("吉林") == "吉林省"
    assert full_name("吉林", "prefecture") == "吉林市"
    assert full_name("海南", "prefecture") == "海南藏族自治州"
    assert full_name("南通", "province") is None


@pytest.mark.parametrize(
    ("organ", "expected"),
    [
        ("广州市天河区发展和改革局", "广州市天河区"),
        ("广州市市场监督管理局", "广州市"),
        ("广州市城市管理和综合执法局", "广州市"),
        ("浙江省杭州市余杭区人民政府办公室", "杭州市余杭区"),
        ("湖北省巴东县官渡口镇", "巴东县"),
        ("泰和县城市管理局", "泰和县"),
        ("黄山区人民政府", "黄山区"),
        ("上海市浦东新区财政局", "浦东新区"),
        ("阿坝州人民政府办公室", "阿坝藏族羌族自治州"),
        ("西安市区域发展局", "西安市"),
        ("苏州工业园区管理委员会", "苏州市"),
        ("国务院办公厅", "全国"),
        ("中共中央 国务院", "全国"),
        ("国家发展改革委", "全国"),
        ("海关总署", "全国"),
        ("中央网信办", "全国"),
        ("中共上饶市委", "上饶市"),
        ("市城管局", None),
        ("县城市管理局", None),
        ("区人民政府", None),
        ("园区服务局", None),
        ("工业和信息化局", None),
        ("年全市城市管理工作会议", None),  # cut out of a date
        ("在全市城市管理工作会议", None),
        ("自治县人民政府", None),
        ("三县两区", None),
        ("中心城市管理局", None),
        ("澜川市城市管理局", "澜川市"),  # not listed
        ("澜川市青梧区城市管理局", "澜川市青梧区"),
        ("澜川市经济开发区管委会", "澜川市"),
        ("凌河彝族自治州人民政府", "凌河彝族自治州"),
        ("本溪满族自治县", "本溪满族自治县"),
        ("全椒县人民政府", "全椒县"),
        ("乐山市市中区人民政府", "乐山市市中区"),
        ("晋城市城区人民政府", "晋城市城区"),
        ("新疆生产建设兵团办公厅", "新疆生产建设兵团"),
    ],
)
def test_area_at_the_head_of_an_organ(organ: str, expected: str | None) -> None:
    """The area is the lowest that the organ's name begins with; national organs speak for the nation."""
    found = leading_place(organ)
    assert expected == (found[0].name if found else None)


def test_parents() -> None:
    """A place knows its province; provinces and the nation have none."""
    place = place_called("义乌")
    assert place is not None
    assert (place.name, place.level, place.parent) == ("义乌市", "county", "浙江省")
    assert nation().parent is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("深化与上海、苏州合作，建设南通新机场", [("上海", "上海市"), ("苏州", "苏州市")]),  # 合作 is a word, 南通 too (西南通道)
        ("推动恩施土家族苗族自治州与重庆市协同", [("恩施土家族苗族自治州", "恩施土家族苗族自治州"), ("重庆市", "重庆市")]),
        ("仁怀市、赤水市产业集聚", [("仁怀市", "仁怀市"), ("赤水市", "赤水市")]),
        ("仁怀、赤水产业集聚", []),  # short names of county-level cities are too many to be safe
        ("均衡水平明显提高，其中卫生支出增长", []),
        ("阿里巴巴等企业落户", []),
    ],
)
def test_places_in_running_text(text: str, expected: list[tuple[str, str]]) -> None:
    """The longest listed name at each position, everyday words passed over."""
    assert expected == [(mention.text, mention.place.name) for mention in find_places(text)]


def test_everyday_words_count_on_request() -> None:
    """A caller that knows the level may count 日照 as a city."""
    assert [mention.place.name for mention in find_places("日照港", common=True)] == ["日照市"]


@given(st.text(alphabet="上海南通市广西壮族自治区重庆、，推动", max_size=40))
def test_spans_hold_their_names(text: str) -> None:
    """Every mention points to its characters, and mentions do not overlap."""
    position = 0
    for mention in find_places(text, common=True):
        start, end = mention.span
        assert position <= start
        assert text[start:end] == mention.text
        position = end
