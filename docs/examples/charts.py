"""Fields of tasks, groups of wordings, and how far confidences can be trusted."""

import tempfile
from pathlib import Path

from pipeline.analysis import assign_fields, chart_reliability, cluster_wordings, judged_records, reliability, save_chart

print(assign_fields(["推进生活垃圾分类", "新增公办学位6240个"])[["field", "confidence"]])
print(cluster_wordings(["改造老旧小区", "老旧小区改造", "口袋公园"])[["name", "wording"]])

records = judged_records(Path("corpus/gold"))
print(reliability([record for record in records if record.kind == "task"]).error)
with tempfile.TemporaryDirectory() as folder:
    print(save_chart(chart_reliability(records), Path(folder) / "reliability.svg").suffix)
