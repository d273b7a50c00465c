"""Words: policy terms stay whole, words join to the text, and the fast segmenter cuts as jieba does with the same dictionary."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import jieba
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import rulebook
from pipeline.errors import RuleError
from pipeline.segment.words import cut_words, read_dictionary, tag_words

if TYPE_CHECKING:
    from pathlib import Path

PARTS_OF_SPEECH = {"l", "n", "nt", "nz", "v", "vn"}  # set phrase, noun, organ, programme, verb, noun of doing

# One sentence a line, its words parted by a bar. What documents of every kind write: targets, results, duties, organs, dates, brackets.
CUTS = """
到|2025|年底|，|全市|城镇生活污水集中收集率|达到|70%|以上|。
全年|新建|口袋公园|12|个|、|城市|绿道|35|公里|。
一般公共预算收入|增长|5%|，|固定资产投资|增长|8%|左右|。
规模以上工业增加值|增长|7.5%|，|社会消费品零售总额|突破|600|亿元|。
城镇调查失业率|控制|在|5.5%|以内|，|居民消费价格涨幅|2%|左右|。
新增|规上工业企业|30|家|、|专精特新企业|15|家|。
新建|高标准农田|8|万亩|，|粮食产量|稳定|在|120|万吨|。
深化|放管服改革|，|持续|优化|营商环境|。
推进|生活垃圾分类|，|生活垃圾回收利用率|达到|38%|。
完成|老旧小区改造|96|个|，|惠及|居民|1.2|万户|。
筹集|保障性租赁住房|2000|套|（|间|）|。
用|好|超长期特别国债|，|推动|两新两重|项目|落地|。
推进|雨污分流改造|，|消除|城市|黑臭水体|。
市|住房和城乡建设局|牵头|，|市|城管局|配合|。
（|牵头|单位|：|市|发展改革委|，|配合|单位|：|市|财政局|、|各县区|政府|）
县|人力资源社会保障局|负责|落实|就业困难人员|帮扶|。
交通运输部门|要|加强|农村公路|养护|。
空气质量优良天数|比例|达到|85%|，|细颗粒物|平均|浓度|下降|3%|。
国考断面|水质优良比例|保持|100%|。
森林覆盖率|稳定|在|42%|，|完成|营造林|10|万亩|。
全面落实|河湖长制|和|林长制|。
巩固|拓展|脱贫攻坚成果|，|坚决|防止|规模性返贫|。
学习|运用|千万工程|经验|，|建设|宜居宜业和美乡村|。
农村|自来水普及率|达到|95%|以上|。
新建|四好农村路|150|公里|。
培育|农民合作社|示范|社|20|家|、|家庭农场|50|家|。
主要|农作物|耕种收综合机械化率|达到|76%|。
发展|设施农业|，|建设|产地|冷链物流|设施|。
实施|城市更新行动|，|开工|改造|城中村|3|个|。
新增|公共停车位|4500|个|、|公共充电桩|800|个|。
整治|背街小巷|40|条|，|拆除|违法建设|6|万平方米|。
规范|流动摊贩|和|占道经营|行为|。
新|改建|公厕|25|座|，|城区|道路|机械化清扫率|达|90%|。
建成|污水处理厂|2|座|，|新建|改造|污水管网|60|公里|。
排查|燃气|安全隐患|1300|处|，|整改率|100%|。
新增|城镇|就业|1.5|万人|，|发放|创业担保贷款|2|亿元|。
每千人口托位数|达到|4.5|个|。
基本医疗保险参保率|稳定|在|95%|以上|。
建成|紧密型县域医共体|4|个|。
推动|义务教育优质均衡发展|，|新增|公办学位|3000|个|。
新建|老年食堂|18|家|，|完成|适老化改造|500|户|。
高校毕业生|年底|去向|落实率|不|低于|90%|。
实施|全民健身|设施|补短板|工程|。
全社会研发经费投入强度|达到|2.8%|。
新|认定|高新技术企业|60|家|，|技术合同成交额|增长|20%|。
科技型中小企业|突破|500|家|。
实际使用外资|1.2|亿美元|，|进出口总额|增长|6%|。
跨境电商|交易额|翻一番|。
招引|亿元|以上|产业|项目|80|个|，|到位|资金|150|亿元|。
争取|地方政府专项债券|35|亿元|。
防范|化解|地方|政府债务风险|，|严厉打击|非法集资|。
推广|一网通办|和|免申即享|。
高效办成一件事|事项|达到|30|项|。
健全|防灾减灾救灾|体系|，|除险加固|病险水库|5|座|。
开展|安全生产治本攻坚三年行动|。
坚持|和|发展|新|时代|枫桥经验|，|化解|矛盾纠纷|2600|件|。
单位地区生产总值能耗|下降|3.5%|左右|。
PM2.5|平均|浓度|降至|32|微克|/|立方米|。
各乡镇|（|街道|）|要于|每月|5|日前|报送|进展|情况|。
第三条|　|本|办法|所|称|城市管理|，|是|指|市容环境卫生|、|市政公用设施|等|方面|的|管理|活动|。
2024|年|12|月|31|日前|，|完成|300|户|危房改造|。
数字经济核心产业增加值|占|比|提高|0.5|个|百分点|。
""".strip().splitlines()

# Words that the fast segmenter keeps whole and jieba takes apart: (text, fast, jieba).
KNOWN_DIFFERENCES = [
    ("实施期限为2022-2025年", ["2022-2025"], ["2022", "-", "2025"]),  # years with a hyphen
    ("成文日期：2024-07-19", ["2024-07-19"], ["2024", "-", "07", "-", "19"]),  # dates of header tables
    ("咨询电话：010-55550123", ["010-55550123"], ["010", "-", "55550123"]),
    ("登录www.example.gov.cn查询", ["www.example.gov.cn"], ["www", ".", "example", ".", "gov", ".", "cn"]),
    ("附件：plan.pdf", ["plan.pdf"], ["plan", ".", "pdf"]),
    ("编号为sq_2024", ["sq_2024"], ["sq", "_", "2024"]),
]


@cache
def reference() -> jieba.Tokenizer:
    """Jieba itself, taught the same dictionary by its own reader of such files."""
    jieba.setLogLevel("ERROR")
    tokenizer = jieba.Tokenizer()
    tokenizer.load_userdict(str(rulebook.RULES / "dictionary.txt"))
    return tokenizer


@pytest.mark.parametrize("words", CUTS)
def test_sentences_are_cut_as_jieba_cuts_them(words: str) -> None:
    """The words of a sentence are those of the table, and jieba with our dictionary gives the same."""
    expected = words.split("|")
    text = "".join(expected)
    assert expected == cut_words(text)
    assert expected == reference().lcut(text)


@pytest.mark.parametrize(("text", "fast", "slow"), KNOWN_DIFFERENCES)
def test_only_latin_and_digits_are_cut_otherwise(text: str, fast: list[str], slow: list[str]) -> None:
    """Where the two differ, one word of Latin letters and digits is whole here and in pieces there, and nothing else changes."""
    assert fast == [word for word in cut_words(text) if word not in reference().lcut(text)]
    assert slow == [word for word in reference().lcut(text) if word not in cut_words(text)]


@given(st.text())
@example("\ud83c\udf33绿化\ud83c")  # halves of a character
@example("到2025年底，\r\n建成\x00口袋公园\u200b10个")
def test_words_join_to_the_text(text: str) -> None:
    """No character is lost, added or changed, whatever the text, and no word is empty."""
    words = cut_words(text)
    assert text == "".join(words)
    assert "" not in words


@given(st.lists(st.sampled_from([term.word for term in read_dictionary()] + list("的和，。、年0915%A \n市区新"))).map("".join))
def test_terms_in_any_order_join_to_the_text(text: str) -> None:
    """The law holds as well where terms of the dictionary overlap, and both segmenters agree on them."""
    assert text == "".join(cut_words(text))
    assert [word for word, _ in tag_words(text)] == cut_words(text)


@given(st.text())
@example("\ud83c绿化")
def test_tagged_words_are_the_words(text: str) -> None:
    """Tagging cuts as cutting does."""
    assert cut_words(text) == [word for word, _ in tag_words(text)]


def test_parts_of_speech_come_from_the_dictionary() -> None:
    """A term has the part of speech of its line, other words that of jieba's own dictionary."""
    expected = [("推进", "v"), ("雨污分流", "vn"), ("和", "c"), ("口袋公园", "n"), ("建设", "vn"), ("。", "x")]
    assert expected == tag_words("推进雨污分流和口袋公园建设。")


def test_every_term_stays_whole() -> None:
    """A term cut alone is one word, with its part of speech; by jieba too."""
    terms = read_dictionary()
    assert [] == [term.word for term in terms if tag_words(term.word) != [(term.word, term.part_of_speech)]]
    assert [] == [term.word for term in terms if reference().lcut(term.word) != [term.word]]


def test_dictionary_is_sorted_and_says_nothing_twice() -> None:
    """Terms stand in the order of their characters, each once."""
    words = [term.word for term in read_dictionary()]
    assert [] == [(first, second) for first, second in pairwise(words) if first >= second]


def test_dictionary_adds_to_jiebas_own() -> None:
    """No term is a word that jieba knows already: its frequency there is better founded."""
    plain = jieba.Tokenizer()
    plain.initialize()
    assert [] == [term.word for term in read_dictionary() if plain.FREQ.get(term.word)]


def test_terms_are_chinese_words_with_a_known_part_of_speech() -> None:
    """Terms begin with a Chinese character and with no unit of money, so that they never cut into a figure (1|5G基站, 百|亿元以上项目)."""
    terms = read_dictionary()
    assert set() == {term.part_of_speech for term in terms} - PARTS_OF_SPEECH
    assert [] == [term.word for term in terms if not "一" <= term.word[0] <= "鿿" or term.word[:2] in ("亿元", "万元", "百亿", "千亿")]
    assert [] == [term for term in terms if not 10 <= term.frequency <= 1000]


@pytest.mark.parametrize("line", ["口袋公园", "口袋公园 10", "口袋公园 n 10", "口袋公园 0 n", "口袋公园  10 n", "# 公园 10 n", ""])
def test_bad_line_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """A malformed line stops with the file and the number of the line."""
    monkeypatch.setattr(rulebook, "RULES", tmp_path)
    (tmp_path / "dictionary.txt").write_text(f"雨污分流 10 vn\n{line}\n", "utf-8")
    with pytest.raises(RuleError, match=r"rules/dictionary\.txt: line 2: a term"):
        read_dictionary()


def test_segmenters_are_loaded_when_the_first_text_is_cut() -> None:
    """Importing the module loads neither segmenter: commands that cut nothing start without them."""
    loaded = "import sys, pipeline.segment.words; print([name for name in ('jieba', 'rjieba') if name in sys.modules])"
    assert "[]\n" == subprocess.run([sys.executable, "-c", loaded], capture_output=True, encoding="utf-8", check=True).stdout
