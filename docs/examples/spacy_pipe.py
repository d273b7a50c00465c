"""Records in a spaCy pipeline."""

import spacy

from pipeline.spacy_pipe.display import highlighted

nlp = spacy.blank("zh")
nlp.add_pipe("policy_records")
doc = nlp("2025年工作要点\n到2025年底，市住建局新建公共停车位4500个以上。")
for span in doc.spans["tasks"]:
    print(span.text, span.label_, span._.record["responsible"])
print(len(highlighted(doc, "quantities")))
