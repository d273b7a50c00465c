"""Units that do what a sentence says: in the sentence, from brackets and lines, from headings; their roles and full names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.organs import canonical_name
from pipeline.extract.responsible import find_units
from pipeline.records import Document, Judgement, Label, Outline, Section, Sentence, Unit
from pipeline.rulebook import load_rules
from pipeline.segment.sentences import split_sentences


def document(text: str = "", *, place: str | None = None, issuer: str | None = None, date: str | None = None) -> Document:
    """A document that says no more of itself than is given."""
    return Document("d", "c", 1, "d.txt", text, place=place, issuer=issuer, date=date)


def units_of(text: str, *labels: Label, sections: tuple[tuple[int, int], ...] = ()) -> list[list[Unit]]:
    """The units of each sentence of ``text``. Sentences are planned unless ``labels`` say otherwise.

    ``sections`` gives the heading and the end of each section as positions of sentences, the end excluded.
    """
    spans = split_sentences(text)
    section_of: dict[int, int] = {}
    found = []
    for number, (heading, end) in enumerate(sections):
        section_of |= dict.fromkeys(range(heading, end), number)
        span = (spans[heading][0], spans[end - 1][1])
        found.append(Section(span, spans[heading], text[slice(*spans[heading])], 1, "一、", None, "plan"))
    sentences = [Sentence(span, text.count("\n", 0, span[0]), section_of.get(i), None, False) for i, span in enumerate(spans)]
    kinds: list[Label] = [labels[i] if i < len(labels) else "planned" for i in range(len(spans))]
    judgements = [Judgement(kind, "given", 1.0) for kind in kinds]
    return [list(units) for units in find_units(document(text), Outline(tuple(found), tuple(sentences)), judgements)]


def names(text: str) -> list[str]:
    """The names of the units of a text of one planned sentence."""
    (units,) = units_of(text)
    return [unit.text for unit in units]


ACTING = [
    ("网络运营者应当第一时间向公安机关报告。", ["网络运营者"]),  # a rule binds them
    ("未经自然人单独同意，互联网平台不得擅自处理相关数据。", ["互联网平台"]),
    ("规定个人信息处理者不得采取数量拆分等手段。", ["个人信息处理者"]),
    # the subject of a clause
    ("京山市加快建设垃圾焚烧项目。", ["京山市"]),
    ("市本级和京山市、钟祥市高质量完成国家园林城市复查,沙洋县顺利通过国家园林城市验收。", ["市本级", "京山市", "钟祥市", "沙洋县"]),
    ("5月底前3个县(市)实现楼顶招牌广告清零。", ["3个县(市)"]),
    ("今年中心城区各区至少打造2个美丽街区(城市客厅),各县市至少打造1个。", ["中心城区各区", "各县市"]),
    ("农村推广“一坑两桶三上门”分类模式,各县(市、区)至少建成2-3座垃圾分类“生态绿岛”。", ["各县(市、区)"]),
    ("2024年,市城管局计划实施项目27个,局属各单位(科室)要按照项目属性,统筹抽调骨干人员。", ["市城管局", "局属各单位(科室)"]),
    ("全市城管系统干部职工坚持疫情防控与城管工作两手抓。", ["全市城管系统"]),
    ("2022年我局将继续围绕提升城乡环境面貌,做好以下工作:", ["我局"]),
    ("在全市创文模拟测评中,市城管局2次登上红榜。", ["市城管局"]),
    ("各省、自治区、直辖市人民政府要在本意见印发之日起30日内，制定出台具体实施办法。", ["各省、自治区、直辖市人民政府"]),
    ("市、区两级城管部门全体干部职工共同努力,坚持“人民城市人民建”的理念。", ["市、区两级城管部门"]),
    ("各有关部门和单位要按照分工要求，抓紧制定具体措施。", ["各有关部门和单位"]),
    ("涉及多个部门的工作，牵头部门要加强协调，相关部门要密切配合。", ["牵头部门", "相关部门"]),
    ("（二）国家电网公司、南方电网公司和内蒙古电力（集团）有限责任公司，应积极推动试点。",
     ["国家电网公司", "南方电网公司", "内蒙古电力（集团）有限责任公司"]),
    ("具备条件的地区可积极探索合并调度控制区。", ["具备条件的地区"]),
    ("第十一条  孵化器运营主体依属地原则向省级主管部门提出申请。", ["孵化器运营主体"]),
    ("一、标准起草单位要注意做好标准制定与技术创新的统筹协调。", ["标准起草单位"]),
    ("医保、医疗、医药主管部门要各司其职，协调联动。", ["医保、医疗、医药主管部门"]),
    ("北京、广州两个电力交易中心要积极创造条件。", ["北京、广州两个电力交易中心"]),
    ("中央财政加大对地方均衡性转移支付力度，省级政府要推动财力下沉。", ["中央财政", "省级政府"]),
    ("政府要带头讲诚信，决不能随意改变约定。", ["政府"]),
    ("厦门市要打造高质量发展引领示范区，荆门市、嘉兴市应加快复制推广。", ["厦门市", "荆门市", "嘉兴市"]),
    ("和平区要大力发展总部经济。", ["和平区"]),
    ("财政局要会同民政局做好资金拨付。", ["财政局", "民政局"]),
    ("政务数据提供部门应当及时更正政务数据。", ["政务数据提供部门"]),
    ("各级党委和政府要坚持工业农业一起抓。", ["各级党委和政府"]),
    ("各乡镇人民政府，县直有关单位要按时报送材料。", ["各乡镇人民政府", "县直有关单位"]),
    ("各村（社区）要组织网格员开展入户宣传。", ["各村（社区）"]),
    ("党政办牵头，综合执法队负责日常巡查，财务科每月上报。", ["党政办", "综合执法队", "财务科"]),
    ("公司各部门要严格执行安全生产制度，生产技术部负责设备检修。", ["公司各部门", "生产技术部"]),
    ("市纪委监委、市委督查室将适时开展督导检查。", ["市纪委监委", "市委督查室"]),
    ("教育系统要加强师德师风建设，学校要落实午休制度。", ["教育系统", "学校"]),
    # 由, 会同, 配合, 在…努力下
    ("本措施涉及扶持资金由区政府统筹安排。", ["区政府"]),
    ("智能产品类揭榜任务由拟作为产品注册申请人的单位牵头，支撑环境类揭榜任务由医疗卫生机构牵头。",
     ["拟作为产品注册申请人的单位", "医疗卫生机构"]),
    ("不足部分经所在地人力资源社会保障部门审核评估合格后，可由就业补助资金予以适当支持。", ["所在地人力资源社会保障部门"]),
    ("国家发展改革委、国家能源局会同有关省（区、市）组织推动试点工作。", ["国家发展改革委", "国家能源局", "有关省（区、市）"]),
    ("污水处理厂扩容项目配合沿溪镇政府加快征地工作。", ["沿溪镇政府"]),
    ("在各区、办事处、周边乡镇的共同努力下,相继建成一批小游园。", ["各区", "办事处", "周边乡镇"]),
    # those who are made to act
    ("指导街道、社区完善违建管控机制,织密基层网格化巡查网络。", ["街道", "社区"]),
    ("支持大中城市和贫困地区引导和扶持一批消费扶贫示范企业。", ["大中城市", "贫困地区"]),
    ("推动具备条件的县市开展填埋场封场整治。", ["具备条件的县市"]),
    ("指导南澳县后宅镇积极创建国家园林城镇;", ["南澳县后宅镇"]),
    ("推动超40所乡镇中心幼儿园构建管理资源共享机制。", ["乡镇中心幼儿园"]),
    ("组织各类媒体安排版面时段，推介精品景点线路。", ["各类媒体"]),
    ("拟委托电力规划设计总院组织国电南瑞、中国电科院、国网能源研究院、清华大学等相关单位共同研究。",
     ["电力规划设计总院", "国电南瑞", "中国电科院", "国网能源研究院", "清华大学"]),
    ("促进市高新投向经营园区转型，推动市属国企积极策应示范定位。", ["市高新投", "市属国企"]),
    ("支持郑州、开封创建国家级文旅消费示范城市。", ["郑州", "开封"]),
    ("支持上饶打造对接融入长三角一体化先行区、鹰潭打造先进制造业集群核心区。", ["上饶", "鹰潭"]),
    ("支持阳城县建设全国新型城镇化试点县城。", ["阳城县"]),
    ("推动银行业金融机构结合产业特点，研发信贷新产品。", ["银行业金融机构"]),
    ("鼓励各地加快建设重点群体创业孵化载体。", ["各地"]),
]  # fmt: skip

NOBODY = [
    # a place or unit that only says where, whose or with whom
    "中心城区公共停车位新增4500个。",
    "全市累计新改建污水管网超500公里。",
    "我市在全省率先建成数字化平台。",
    "在市委、市政府的坚强领导下,统筹推进各项工作。",
    "按照省住建厅指导制定的实施方案,抓好垃圾分类工作。",
    "推动街道赋权事项清单动态调整。",
    "推动停车平台向县市延伸。",
    "积极推进政府和社会资本合作，争取专项债资金。",
    "主动接受人大、政协及社会各方面监督。",
    "加强与中国信息通信研究院、中国工业互联网研究院等单位的合作。",
    "支持四川质量工程职业技术学院建设。",
    "国土空间总体规划获省政府批复，成为首批获批城市。",
    "待政府批复后组织施工。",
    "经国家、省级广电部门备案的微短剧，给予一次性奖励。",
    "推动国家和省部署的各项改革任务落地见效。",
    # whoever may come
    "支持企业上规上市上榜。",
    "引导社会力量参与养老服务。",
    "支持金融机构创新消费支付产品。",
    "鼓励各类中小微体育竞赛表演企业向“专精特新”方向发展。",
    "支持科技领军企业牵头组建创新联合体。",
    "鼓励行业协会、专业机构开展质量分析比对。",
    "支持科研院所、高等院校与企业开展嵌入式合作。",
    "我们要坚定信心、乘势而上。",
    "单位应当依法缴纳。",
    "金融机构可以按照国际惯例提供跨境金融服务。",
    "党员干部要带头遵守，各级河长要定期巡河。",
    "全市上下要凝心聚力。",
    # a unit that is what is built, not who builds
    "综合性国家科学中心加快建设，6大研究院建成运营。",
    "预制菜产业园建成投用。",
    "推动黄冈中学高质量发展。",
    "推动强村公司高质量发展，全市行政村实现增收。",
    "重庆物流集团完成组建。",
    "推动贵州高质量发展步步向前。",
    "推动东部园区建设取得显性变化。",
    # words that end like names
    "全部完成整改，内部管理不断加强。",
    "打造开放新格局，推动布局优化。",
    "举办、承办重大赛事，干部要守法。",
    "城市要发展，社会要进步。",
    "卫生城镇通过国家复审。",
    "应急管理业务系统支持多终端接入。",
    # verbs that open a clause
    "巩固国家公共文化服务体系示范区创建成果。",
    "规范行政机关应诉行为，聚焦重点地区举办招商。",
    "建设国家区域医疗中心，持续提升服务能力。",
    "落实行政机关负责人出庭应诉制度。",
    # the name of a document
    "印发《关于支持宜宾建设生态优先绿色低碳发展先行区的意见》。",
    "优化营商环境，经营者积极创新商业模式。",  # nobody binds them
    "建设工业互联网平台，网络平台有序发展。",
    "工业主要产品产量要赶上先进水平。",
]


@pytest.mark.parametrize(("text", "expected"), ACTING)
def test_units_that_act(text: str, expected: list[str]) -> None:
    """A unit that acts, or is made to act, is named verbatim and in text order."""
    assert expected == names(text)


@pytest.mark.parametrize("text", NOBODY)
def test_nobody_is_named(text: str) -> None:
    """Where the sentence names nobody who acts, nobody is made responsible."""
    assert [] == names(text)


@pytest.mark.parametrize("label", ["heading", "other", "problem", "attribution"])
def test_what_is_no_task_has_no_units(label: Label) -> None:
    """Only commitments and results have units."""
    assert [[]] == units_of("各县(市、区)要加快建设。", label)


def test_results_name_their_units() -> None:
    """What was achieved is credited to the unit that did it."""
    assert [["吉州区"]] == [[u.text for u in us] for us in units_of("吉州区连续两年入选示范区。", "achieved")]


BRACKETS: list[tuple[str, list[tuple[str, str]]]] = [
    ("（市场监管总局负责）", [("市场监管总局", "actor")]),
    ("（牵头单位：区委组织部）", [("区委组织部", "lead")]),
    ("（责任单位：区文化广电旅游局、区版权局）", [("区文化广电旅游局", "actor"), ("区版权局", "actor")]),
    ("(牵头单位:市教育局,配合单位:市财政局、市人社局)", [("市教育局", "lead"), ("市财政局", "cooperating"), ("市人社局", "cooperating")]),
    ("（牵头单位：市教育局；配合单位：市财政局；完成时限：2024年底）", [("市教育局", "lead"), ("市财政局", "cooperating")]),
    ("（市教育局牵头，市财政局、市人社局配合）", [("市教育局", "lead"), ("市财政局", "cooperating"), ("市人社局", "cooperating")]),
    ("（商务部、发展改革委等和各有关省级人民政府负责）", [("商务部", "actor"), ("发展改革委", "actor"), ("各有关省级人民政府", "actor")]),
    ("（人力资源社会保障部、财政部，各省级人民政府按职责分工负责）",
     [("人力资源社会保障部", "actor"), ("财政部", "actor"), ("各省级人民政府", "actor")]),
    ("（人力资源社会保障部等有关部门和单位负责）", [("人力资源社会保障部", "actor")]),
    ("（教育部会同有关部门负责）", [("教育部", "lead"), ("有关部门", "cooperating")]),
    ("（牵头单位：区科技局、区投资促进局等各产业、招商主管部门）",
     [("区科技局", "lead"), ("区投资促进局", "lead"), ("各产业、招商主管部门", "lead")]),
    ("（责任单位：各县（市、区）人民政府，市住房和城乡建设局）", [("各县（市、区）人民政府", "actor"), ("市住房和城乡建设局", "actor")]),
    ("（负责部门：药监局，适用范围：福建自贸试验区）", [("药监局", "actor")]),
    ("【责任单位：市工业和信息化局、国网江苏电力】", [("市工业和信息化局", "actor"), ("国网江苏电力", "actor")]),
    ("（市教育局、市财政局）", [("市教育局", "actor"), ("市财政局", "actor")]),
    ("（市委宣传部、市文明办牵头，市直有关部门按职责分工负责）", [("市委宣传部", "lead"), ("市文明办", "lead"), ("市直有关部门", "actor")]),
    ("（指导单位：省住建厅，责任领导：张三，责任单位：市城管局）", [("省住建厅", "guiding"), ("市城管局", "actor")]),
    ("（牵头单位：市发展改革委，责任单位：黄埔区、天河区人民政府）",
     [("市发展改革委", "lead"), ("黄埔区", "actor"), ("天河区人民政府", "actor")]),
]  # fmt: skip


@pytest.mark.parametrize(("bracket", "expected"), BRACKETS)
def test_bracket_names_units_with_roles(bracket: str, expected: list[tuple[str, str]]) -> None:
    """A bracket after a sentence gives it its units with their roles; deadlines and persons in it are none."""
    found = units_of("加强学位供给。" + bracket, "planned")
    assert [(name, role, "bracket") for name, role in expected] == [(u.text, u.role, u.basis) for u in found[0]]


@pytest.mark.parametrize(
    "bracket",
    [
        "（以下简称《办法》）",
        "（负责人：张三）",
        "（占全省的六分之一）",
        "（完成时限：年底前）",
        "（含负责人变更）",
        "（2024年落实）",
        "（市、区）",
        "（草案）",
    ],
)
def test_bracket_without_units(bracket: str) -> None:
    """A bracket that says something else names nobody."""
    assert [] == units_of("加强学位供给。" + bracket)[0]


def test_line_of_units_closes_its_item() -> None:
    """A line of units belongs to all planned sentences of its item, but not to the item before."""
    text = "一、扩大供给\n新建学校3所。\n改建学校5所。\n责任单位：市教育局\n二、保障用地\n落实用地指标。\n责任单位：市自然资源局"
    found = units_of(text, "heading", "planned", "planned", "attribution", "heading", sections=((0, 4), (4, 7)))
    school, land = ["市教育局"], ["市自然资源局"]
    assert [[], school, school, [], [], land] == [[u.text for u in units] for units in found[:6]]


def test_bracket_at_the_start_of_a_sentence() -> None:
    """A bracket after the full stop closes the item before it, and stays with the sentence that it opens."""
    found = units_of("完善信用体系。（市场监管总局负责）加强创业服务，帮助对接。（教育部负责）")
    assert [["市场监管总局"], ["市场监管总局", "教育部"]] == [[u.text for u in units] for units in found[:2]]


def test_bracket_in_the_heading_of_an_item() -> None:
    """A bracket in a heading names the units of the item that it opens."""
    found = units_of("一、扩大学位供给。（市教育局牵头）\n新建学校3所。", "heading", "attribution", sections=((0, 3),))
    assert [("市教育局", "lead")] == [(u.text, u.role) for u in found[2]]


def test_bracket_reaches_back_to_the_bracket_before() -> None:
    """Two brackets in a paragraph share out its sentences."""
    found = units_of("新建学校3所（市教育局负责）。落实用地指标。（市自然资源局负责）")
    assert [["市教育局"], ["市自然资源局"]] == [[u.text for u in units] for units in found[:2]]


def test_first_of_the_list_leads_where_the_document_says_so() -> None:
    """“排在第一位的为牵头单位” makes the first unit of every list the lead."""
    found = units_of("新建学校3所。（责任单位：市教育局、市财政局）\n注：排在第一位的为牵头单位。", "planned", "attribution", "other")
    assert [("市教育局", "lead"), ("市财政局", "cooperating")] == [(u.text, u.role) for u in found[0]]


def test_headings_that_name_units() -> None:
    """Headings that are nothing but units share out what stands under them."""
    text = "一、市教育局\n新建学校3所。\n二、市发改委、市财政局\n争取专项资金。"
    found = units_of(text, "heading", "planned", "heading", sections=((0, 2), (2, 4)))
    assert [[], [("市教育局", "heading")], [], [("市发改委", "heading"), ("市财政局", "heading")]] == [
        [(u.text, u.basis) for u in us] for us in found
    ]


def test_one_heading_alone_is_the_issuer() -> None:
    """A single line with the name of a unit divides no work."""
    assert [[], []] == units_of("一、市教育局\n新建学校3所。", "heading", sections=((0, 2),))


ROLES = [
    ("由市教育局牵头，市财政局配合。", ["lead", "cooperating"]),
    ("国家能源局会同有关部门研究制定办法。", ["lead", "cooperating"]),
    ("市教育局要加快推进。", ["actor"]),
    ("配合发改委、财政局完成专项债申报。", ["cooperating", "cooperating"]),
]


@pytest.mark.parametrize(("text", "expected"), ROLES)
def test_roles_in_a_sentence(text: str, expected: list[str]) -> None:
    """牵头 and 会同 lead, 配合 cooperates, whoever just does it is the actor."""
    (units,) = units_of(text)
    assert expected == [unit.role for unit in units]


FULL_NAMES = [
    ("市城管局", document(place="上饶市"), "上饶市城市管理局"),
    ("我局", document(place="泰和县", issuer="县城市管理局"), "泰和县城市管理局"),
    ("我局", document(place="上饶市", issuer="上饶市人民政府"), None),
    ("省住建厅", document(place="上饶市"), "江西省住房和城乡建设厅"),
    ("市市场监管局", document(place="广州市天河区"), "广州市市场监督管理局"),
    ("区发展改革局", document(place="广州市天河区"), "广州市天河区发展和改革局"),
    ("市政府", document(place="嘉兴市"), "嘉兴市人民政府"),
    ("市委", document(place="重庆市"), "中国共产党重庆市委员会"),
    ("市城管局", document(place="上饶市", issuer="上饶市城市管理综合执法局"), "上饶市城市管理综合执法局"),
    ("工业和信息化部", document(place="全国"), "工业和信息化部"),
    ("市住房和城乡建设局", document(place="上饶市"), "上饶市住房和城乡建设局"),
    ("市教育局", document(place="安徽省"), None),
    ("市教育局", document(), None),
    ("县委", document(place="上饶市"), None),
    ("发展改革委", document(place="全国"), "国家发展和改革委员会"),
    ("发展改革委", document(place="安徽省"), "安徽省发展和改革委员会"),
    ("发展改革委", document(), None),
    ("市发改委", document(place="荆门市"), "荆门市发展和改革委员会"),
    ("财政部", document(), "财政部"),
    ("银保监会", document(place="全国", date="2019-05-01"), "中国银行保险监督管理委员会"),
    ("国家卫生健康委", document(place="全国"), "国家卫生健康委员会"),
    ("环境保护部", document(place="全国", date="2016-01-01"), "环境保护部"),
    ("国家计委", document(place="全国", date="1996-01-01"), "国家计划委员会"),
    ("国家计委", document(place="全国", date="2001-01-01"), "国家发展计划委员会"),
    ("国家计委", document(place="全国"), None),
    ("沿溪镇政府", document(place="泰和县"), "泰和县沿溪镇人民政府"),
    ("郑州", document(place="河南省"), "郑州市"),
    ("京山市", document(place="荆门市"), "京山市"),
    ("黄埔区", document(place="广州市"), "广州市黄埔区"),
    ("鼓楼区", document(place="全国"), None),
    ("市文旅局", document(place="上饶市"), None),
    ("各县(市、区)", document(place="上饶市"), None),
    ("有关部门", document(place="全国"), None),
    ("市属国企", document(place="潜江市"), None),
]


@pytest.mark.parametrize(("name", "of", "expected"), FULL_NAMES)
def test_full_names(name: str, of: Document, expected: str | None) -> None:
    """A name is resolved by place, issuer and year of its document, and stays open where these do not tell."""
    assert expected == canonical_name(name, of)


PIECES = [
    "市教育局",
    "各县(市、区)",
    "由",
    "支持",
    "要",
    "加快",
    "推进",
    "、",
    "和",
    "，",
    "。",
    "\n",
    "（",
    "）",
    "负责",
    "责任单位：",
    "的",
    "企业",
    "一、",
    "2024年",
    "《",
    "》",
]


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_every_unit_stands_in_the_text(text: str) -> None:
    """Whatever the text, no unit appears that it does not name, none is empty and none is named twice in a sentence."""
    for units in units_of(text):
        assert all(unit.text.strip() and unit.text in text for unit in units)
        assert len({unit.text for unit in units}) == len(units)


@pytest.mark.parametrize("path", sorted(Path("corpus").rglob("*.txt")), ids=lambda path: path.stem[:20])
def test_first_characters_of_boundaries_are_complete(path: Path) -> None:
    """What is looked at first, for speed, hides no boundary."""
    book = load_rules("units")
    whole = book.by_name["boundary"].source
    guard = f"(?:{book.parts['boundary_starts']})"
    assert whole.startswith(guard)
    text = path.read_bytes().decode("utf-8", "replace")
    expected = [match.span() for match in re.finditer(whole.removeprefix(guard), text)]
    assert expected == [match.span() for match in book["boundary"].finditer(text)]
