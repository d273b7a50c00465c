"""A rise that stayed far below its ceiling is no success: 低于预期目标."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.track.confirming import Judgement, with_judgements
from pipeline.track.model import Point, Series, Verdict
from pipeline.track.show import series_lines
from pipeline.track.verdicts import as_said


def point(role: Any, comparator: Any, value: float, direction: Any = "up", unit: str = "%") -> Point:
    """A figure of 2024."""
    return Point(
        2024, "2024-01-01", "2024-12-31", role, comparator, value, value, unit, direction, role, "d", f"{value:g}{unit}", "句。", (0, 1)
    )


def series(indicator: str, target: Point, actual: Point | None, verdict: Verdict, **more: Any) -> Series:
    """A series of one year."""
    about = {"measure": "change", "good": None} | more
    points = (target, actual) if actual else (target,)
    return Series(
        "s", "澜川市", None, indicator, target.unit, about["measure"], "up", about["good"], (indicator,), (), points, (verdict,), (), ()
    )  # fmt: skip


MET = Verdict(2024, "met", "target", "actual", "达到", "figure")


@pytest.mark.parametrize(
    ("indicator", "target", "actual", "more", "expected"),
    [
        ("居民消费价格", ("~", 3.0), (0.2, "up"), {"good": "low"}, "below"),
        ("居民消费价格", ("<=", 3.0), (1.5, "up"), {"good": "low"}, "below"),
        ("居民消费价格", ("<=", 3.0), (1.6, "up"), {"good": "low"}, "met"),
        ("居民消费价格", ("~", 3.0), (2.0, "down"), {"good": "low"}, "below"),
        ("居民消费价格", (">=", 1.0), (1.1, "up"), {"good": "low"}, "met"),
        ("工业生产者出厂价格", ("<=", 4.0), (0.5, "up"), {}, "below"),
        ("广义货币供应量", ("<=", 16.0), (7.0, "up"), {}, "below"),
        ("固定资产投资", ("<=", 10.0), (9.0, "up"), {}, "met"),
        ("单位地区生产总值能耗", ("<=", 3.0), (0.5, "up"), {"good": "low"}, "met"),
        ("城镇登记失业率", ("<=", 4.5), (2.0, None), {"good": "low", "measure": "level"}, "met"),
    ],
)
def test_far_below_its_bound(indicator: str, target: Any, actual: Any, more: Any, expected: str) -> None:
    """Half of the bound or less; what is better the lower it is stays a success, and so does every floor that was reached."""
    one = series(indicator, point("target", *target), point("actual", "=", *actual), MET, **more)
    assert expected == as_said(one, MET)[0]


@pytest.mark.parametrize(("indicator", "expected"), [("居民消费价格", "below"), ("固定资产投资", "missed")])
def test_issuer_says_that_it_was_missed(indicator: str, expected: str) -> None:
    """CPI涨幅未达年初预期 is said of a rise that was too small."""
    verdict = Verdict(2024, "missed", "target", None, "报告自述", "words")
    assert expected == as_said(series(indicator, point("target", "~", 2.0), None, verdict), verdict)[0]


def test_person_outranks_the_program() -> None:
    """In the contract's words 低于预期目标 is within the bound; on the terminal it is said as the person said it."""
    one = series("居民消费价格", point("target", "~", 3.0), point("actual", "=", 2.0), MET, good="low")
    said = Judgement(1, "2025-03-01T08:00:00+00:00", "李四", "d", "target", "", "below", "核心涨幅太低")
    judged = with_judgements(one, {"target": said})
    (verdict,) = judged.verdicts
    assert verdict.confirmed
    assert ("met", "below", "met") == (verdict.verdict, verdict.confirmed.verdict, verdict.confirmed.first)
    assert "  2024 低于预期目标（李四 2025-03-01 确认：核心涨幅太低）　机器初判 已达目标：达到" in list(series_lines([judged]))
