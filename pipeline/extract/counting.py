"""Decide which figures are quantities: measured amounts, not dates, names, list announcements or phone numbers.

Reads: a figure with the words around it. Writes: yes or no, with the rule that said no.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.extract.figures import Figure

_WINDOW = 28
_TIME_UNITS = frozenset(["年", "个月", "天", "小时", "分钟", "秒", "个小时", "个工作日", "工作日", "岁", "周岁", "学时", "课时", "里", "度", "成", "P", "期", "级", "道", "首", "本", "口", "字", "对", "单", "段", "组", "片", "版", "上", "层", "班", "集", "位", "席", "石", "担", "匹", "克", "代"])
_LIMIT_BEFORE = re.compile(r"(?:时限|时间|压缩|缩短|压减|办理|审批|办结|平均|优良|达标|天数|提前|期限|年限|最长|延长|寿命|年龄|不超过|工期|给予|时长|参保|满|由|从)[^，。；、]{0,12}$")
_POLICY_BEFORE = re.compile(r"(?:发展|经济|民企|民营|营商环境|振兴|增长|人才|消费|创新|服务)$")
_DOING_AFTER = re.compile(r"(?:下调|上调|降低|降准|降息|提高|调整|召开|开展|组织|修订|扩大|延长|获得|荣获|入选|登上)")
_DOING_BEFORE = re.compile(r"(?:组建|新建|建成|完成|开展|新增|建设|改造|设立|成立|创建|整治|培育|打造|引进|举办|修复|拆除|获批|新设|承建|配备|安装|购置|开通|实施了|推出|出台)(?:了)?(?:[^，。；、]{0,12}等)?$|个工作组和$")
_MEASURED = frozenset(["元", "吨", "公里", "亩", "公斤", "斤", "平方米", "千瓦", "千瓦时", "千瓦小时", "倍", "个百分点", "户", "人", "万人", "美元", "立方米", "公顷"])
_CONCRETE = frozenset(["座", "处", "所", "家", "辆", "台", "栋", "幢", "艘", "架"])
_RANK_BEFORE = re.compile(r"(?:居|位居|位列|位于|列|名列|排名|排|排在|排位|跃居|升至|跃升至|上升至|进入|跻身|进|入围|保持|稳居|均为|获|荣获|获得|蝉联|夺得|全省|全国|全市|全球|世界|西部|中部|东部|东北|亚洲|长三角|珠三角|省内|国内|同类城市|全州|全区|设区市|地级市|副省级城市)(?:了|在|各?市州?|各?省(?:区市|份)?|地级市|城市|同类城市)?$")
_CLASS = re.compile(r"(?:以上|以下)[^，。；的]{0,18}?(?:项目|企业|园区|产业|集群|平台|工程|单体|大项目|主体|合同)")  # 亿元以上项目: a class by size
_MONEY_NOUN = re.compile(r"(?:收入|投资|投资额|产值|销售额|营收|金额|资产|资金|利润|注册资本|贷款|融资|税收|纳税|成本)(?:累计|达到|达|不低于|在|超过|突破|为)?$")
_RANK_NO = re.compile(r"^(?:产业|书记|责任人|时间|议题|资源|动力|生产力|轮|批|期|次|线|位的|要务|医院|人民|中学|小学|粮仓|方阵|梯队|课|志愿|家园|届|个|大)")
_BRACKETS = {"《": "》", "“": "”"}


def refusal(figure: Figure, text: str, sentence: tuple[int, int]) -> str | None:
    """The name of the rule by which the figure is no quantity, or None when it counts."""
    before = text[max(sentence[0], figure.start - _WINDOW) : figure.start]
    after = text[figure.end : min(sentence[1], figure.end + _WINDOW)]
    if figure.masked or figure.kind in ("zero", "growth", "pledge"):
        return None
    if figure.kind == "double":
        return None if not after.startswith(("计划", "行动", "工程")) else "name-continues"
    if figure.kind == "rank":
        return _refuse_rank(figure, text, before, after)
    if figure.kind == "vast" and (figure.comparator == "=" or re.match("强[村县镇]", after)):
        return "vast-word"
    named = _inside_name(figure, text, sentence)
    if named:
        return named
    size = figure.unit in ("元", "美元") and _CLASS.match(text[figure.end - 2 : figure.end] + after)
    if figure.comparator == ">" and figure.core > figure.start and figure.unit == "元" and re.match("(?:的)?(?:企业|强村|强县|大县|大企业|园区|产业集群)", after):
        return "class-by-size"
    if size and (not _MONEY_NOUN.search(before) or re.match("(?:优质|大型|重大|工业)?(?:企业|项目)", after)):
        return "class-by-size"
    by_unit = _refuse_unit(figure, text, before, after)
    if by_unit:
        return by_unit
    marked = f"{before}【{text[figure.start : figure.end]}】{after}"
    for name, pattern in _patterns():
        if pattern.search(marked):
            return name
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((rule.name, rule.pattern) for rule in load_rules("counting").rules)


def _refuse_rank(figure: Figure, text: str, before: str, after: str) -> str | None:
    body = text[figure.start : figure.end]
    if _RANK_NO.match(after) or (before and before[-1] in "“《〔"):
        return "rank-name"
    if body.endswith(("位", "名")) and not before.endswith(("排名", "的")):
        return None
    if body.endswith("强") and after[:1] not in ("", "，", "。", "、", "；", ",", ";", "的"):
        return "rank-name"
    return None if _RANK_BEFORE.search(before) else "rank-name"


def _inside_name(figure: Figure, text: str, sentence: tuple[int, int]) -> str | None:
    left = text[sentence[0] : figure.start]
    if left.rfind("《") > left.rfind("》"):
        return "title"
    opened = left.rfind("“")
    closing = re.search("[“”]", text[figure.end : figure.end + 16])
    if opened > left.rfind("”") and len(left) - opened < 18 and closing and closing.group() == "”":
        if re.search("[个大]$", left):
            return "quoted-name"
        amount = figure.unit in ("%", "％", "元", "个百分点") or (figure.unit is None and (figure.high or 0) >= 10000) or left.endswith(("保", "争"))
        return None if amount and text[figure.end : figure.end + 1] not in "+＋" else "quoted-name"
    return None


def _refuse_unit(figure: Figure, text: str, before: str, after: str) -> str | None:
    unit, body = figure.unit, text[figure.start : figure.end]
    if figure.hanzi and unit != "%":
        refused = _refuse_hanzi(figure, before, after)
        if refused:
            return refused
    if unit == "条" and _POLICY_BEFORE.search(before) and (not after or after[0] in "，。；、”"):
        return "name-continues"
    bounded = figure.core > figure.start or body.endswith(("以上", "以内", "以下", "左右", "之内"))
    if unit is None:
        if figure.kind == "vast" or (figure.high or 0) >= 1000 and any(c in body for c in "万亿"):
            return None if not re.match(r"[一-鿿]?级|产业|[县区镇村]|强|工程", after) else "name-continues"
        if before.endswith(("保", "争")) and not figure.hanzi:
            return None
        alone = after[:1] in ("", "，", "。", "；", "、", "的", ",", ";", "左", "以") and not figure.hanzi
        return None if alone and (bounded or re.search(r"(?:达到|达|为|至|到|控制在|指数)$", before)) and not after.startswith("、") else "no-unit"
    if unit == "年":
        return None if bounded and figure.low is not None and figure.low < 100 else "duration"
    if unit in ("个月", "岁", "周岁") and not bounded and figure.kind != "range" and not _LIMIT_BEFORE.search(before):
        return "duration"
    if unit in ("天", "小时", "分钟", "秒", "个小时", "个工作日", "工作日") and not bounded and not _LIMIT_BEFORE.search(before):
        return "duration"
    if figure.hanzi and unit in _TIME_UNITS:
        return "chinese-numeral"
    if not bounded and unit in ("度", "P", "里", "石", "匹", "克", "字", "期", "千伏") and re.match(r"[一-鿿A-Za-z]", after):
        return "name-continues"
    return None


def _refuse_hanzi(figure: Figure, before: str, after: str) -> str | None:
    """Numbers written in Chinese mostly belong to names and set phrases: only a plain count of things done counts."""
    if after.startswith("“") or figure.unit in _TIME_UNITS:
        return "chinese-numeral"
    if figure.unit == "人" and (figure.low or 0) < 10 and not _DOING_BEFORE.search(before):
        return "chinese-numeral"
    if (figure.low or 0) >= 20 or figure.unit in _MEASURED:
        return None
    if figure.unit == "次":
        return None if _DOING_AFTER.match(after) or ("只" in before[-8:] and (after[:1] in ("", "，", "。", "；") or after.startswith("奖"))) else "chinese-numeral"
    concrete = figure.unit in _CONCRETE or _DOING_BEFORE.search(before)
    return None if concrete and re.match("[一-鿿]", after) else "chinese-numeral"
