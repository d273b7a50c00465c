"""A small extraction written by hand, for tests of what becomes of records after they were found."""

from __future__ import annotations

from pipeline.records import Action, Deadline, Document, DocumentWarning, Extraction, Quantity, Task, Unit

TEXT = "市住建局到2025年底新建停车位4500个。\n=1+1\n-5.5\n"


def extraction(*, doc_id: str = "甲市-1", text: str = TEXT, title: str = "甲市工作要点") -> Extraction:
    """One document with a task, a quantity and a deadline that point at each other."""
    document = Document(
        doc_id, "c0ffee", 1, f"in/{doc_id}.txt", text, title=title, place="甲市", date="2025-01-08", doc_type="work_plan", plan_year=2025,
        warnings=(DocumentWarning("masked_values", "第2行有被隐去的数字", (23, 27)),), furniture=((23, 27), (28, 32)),
    )  # fmt: skip
    task = Task(
        f"{doc_id}-t1", doc_id, (0, 22), text[0:22], "planned", (Action("新建", "停车位"),), ("市住建局",),
        (Unit("市住建局", "甲市住房和城乡建设局", "lead", "sentence"), Unit("各县", None, "cooperating", "bracket")), "ensure",
        ("一、重点", "（一）城建"), "一、(一)", "plan", (f"{doc_id}-q1",), (f"{doc_id}-d1",), None, "plan-words", 0.97,
    )  # fmt: skip
    quantity = Quantity(
        f"{doc_id}-q1", doc_id, (16, 21), text[16:21], "停车位", "全市", ">=", 4500, 4500, "个", "level", None, None, "planned",
        None, "2025-12-31", False, task.id, "own", None, "counted-noun", 0.9,
    )  # fmt: skip
    deadline = Deadline(f"{doc_id}-d1", doc_id, (4, 11), text[4:11], None, "2025-12-31", "by", None, (task.id,), "until-year-end", 1.0)
    return Extraction(document, (task,), (quantity,), (deadline,))
