"""The shapes of the ledger: items, their dated parts, and every change with who and when.

Reads: nothing. Writes: frozen values, and the JSON row of an item and back. ``now`` and ``as_of`` are always given by the caller.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from pipeline.errors import PipelineError

Light = Literal["红", "黄", "蓝", "绿", "灰"]
State = Literal["未启动", "推进中", "已完成待核", "已销号", "延期", "调整", "终止", "结转"]
Origin = Literal["原文", "条款继承", "人工指派"]
LIGHTS: tuple[Light, ...] = get_args(Light)
STATES: tuple[State, ...] = get_args(State)
ORIGINS: tuple[Origin, ...] = get_args(Origin)


class LedgerError(PipelineError):
    """What was asked of the ledger cannot be done; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Party:
    """A unit of an item, and how it is known to be one (never guessed)."""

    name: str
    origin: Origin = "原文"


@dataclass(frozen=True, slots=True)
class Step:
    """阶段节点: one dated step of an item; ``date`` is the last day (ISO) or None."""

    text: str
    date: str | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """进展: what was reported on a day, append-only; ``value`` is the completion in per cent that came with it."""

    date: str
    text: str
    value: float | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """延期记录: the old and the new date, who allowed it, why, and when."""

    old: str | None
    new: str
    who: str
    why: str
    on: str


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the ledger."""

    number: str  # 任务编号, stable
    key: str  # hidden, stable; what returned workbooks are merged by
    source: str  # 任务来源: 政府工作报告, 民生实事, 工作要点, 会议议定 …
    basis: str  # 依据文件: its title
    doc_number: str | None  # 文号
    clause: str | None  # 条款号 as an officer cites it
    level1: str  # 一级任务: the heading above
    level2: str  # 二级任务: the heading below it, or empty
    task: str  # 具体任务, editable
    original: str  # 原文
    quantities: str = ""  # 量化目标
    nature: str | None = None  # 指标性质: 约束性 or 预期性
    steps: tuple[Step, ...] = ()
    every: str | None = None  # 频次: day, week, month, quarter, half_year, year
    next_due: str | None = None  # next due day of a recurring duty
    deadline_text: str = ""  # 完成时限 as written
    deadline: str | None = None  # 完成时限 as a date
    deadline_assumed: bool = False  # the date is the year's end because the document is a plan for that year
    lead: tuple[Party, ...] = ()  # 牵头单位
    cooperating: tuple[Party, ...] = ()  # 配合单位
    leader: str = ""  # 责任领导
    person: str = ""  # 责任人
    state: State = "未启动"
    progress: tuple[Progress, ...] = ()
    reported_value: str = ""  # 报送值
    report_value: str = ""  # 报告值
    completion: float | None = None  # 完成率 in per cent
    problems: str = ""  # 存在问题及原因
    next_steps: str = ""  # 下步措施
    evidence: str = ""  # 佐证材料
    opinion: str = ""  # 核查意见
    overdue_confirmed: bool = False  # a person has confirmed that it is overdue
    closed_on: str | None = None  # 销号日期
    extensions: tuple[Extension, ...] = ()
    remark: str = ""  # 备注
    tasks: tuple[str, ...] = ()  # ids of the store's tasks
    doc_id: str = ""
    parent: str | None = None  # the item that this one was split, merged or fanned out from
    excluded: str | None = None  # 不入账: the reason
    created: str = ""

    @property
    def open(self) -> bool:
        """Whether the item is still to be done."""
        return self.excluded is None and self.state not in ("已销号", "终止", "结转")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one field of one item; rows are only ever added."""

    item: str  # number
    who: str
    when: str
    field: str
    old: str
    new: str
    why: str = ""


FIELDS = tuple(one.name for one in fields(Item))
_PARTS: dict[str, type[Any]] = {
    "steps": Step, "lead": Party, "cooperating": Party, "progress": Progress, "extensions": Extension,
}  # fmt: skip


def item_row(item: Item) -> dict[str, Any]:
    """An item as a JSON row."""
    return asdict(item)


def item_of(row: dict[str, Any]) -> Item:
    """The item of a JSON row; fields that this version does not know are passed over."""
    values = {name: value for name, value in row.items() if name in FIELDS}
    for name, kind in _PARTS.items():
        values[name] = tuple(kind(**part) for part in values.get(name) or ())
    values["tasks"] = tuple(values.get("tasks") or ())
    return Item(**values)
