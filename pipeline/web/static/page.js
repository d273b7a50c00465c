"use strict";
// Everything works without this file; it only saves clicks and page loads.

// Copy with source: one click instead of opening the field and copying from it.
document.addEventListener("click", async (event) => {
  const summary = event.target.closest(".copy > summary");
  if (!summary || !navigator.clipboard) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(summary.parentElement.querySelector("textarea").value);
    const before = summary.textContent;
    summary.textContent = summary.dataset.done;
    setTimeout(() => { summary.textContent = before; }, 1500);
  } catch {
    summary.parentElement.open = true;
  }
});

// A record opens beside the text without the page being loaded again.
const text = document.querySelector("article.text");
const panel = document.getElementById("panel");
async function show(record, push) {
  const address = new URL(location.href);
  address.searchParams.set("record", record);
  address.hash = "r-" + record;
  const answer = await fetch("/record?id=" + encodeURIComponent(record));
  if (!answer.ok) { location.href = address; return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("section.record");
  const old = panel.querySelector("section.record");
  if (!found) { location.href = address; return; }
  if (old) old.replaceWith(found);
  else { panel.querySelectorAll(":scope > h2, :scope > p").forEach((item) => item.remove()); panel.prepend(found); }
  panel.scrollTop = 0;
  found.querySelectorAll("input[name=next]").forEach((field) => { field.value = address.pathname + address.search + address.hash; });
  text.querySelectorAll(".chosen").forEach((item) => item.classList.remove("chosen"));
  text.querySelectorAll('[data-record="' + CSS.escape(record) + '"]').forEach((item) => item.classList.add("chosen"));
  if (push) history.pushState({ record }, "", address);
}
if (text && panel) {
  text.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-record]");
    if (!mark || event.ctrlKey || event.metaKey || !getSelection().isCollapsed) return;
    event.preventDefault();
    show(mark.dataset.record, true);
  });
  addEventListener("popstate", () => location.reload());
  // A selection becomes the words and the place of a record to add.
  const quote = document.querySelector("form.add-record [name=quote]");
  const place = document.querySelector("form.add-record [name=start]");
  const at = (node, offset) => {
    const piece = (node.nodeType === 3 ? node.parentElement : node).closest("[data-at]");
    return piece ? Number(piece.dataset.at) + Array.from(piece.textContent.slice(0, node.nodeType === 3 ? offset : 0)).length : null;
  };
  document.addEventListener("selectionchange", () => {
    const chosen = getSelection();
    if (!quote || chosen.isCollapsed || !text.contains(chosen.anchorNode) || !text.contains(chosen.focusNode)) return;
    const range = chosen.getRangeAt(0);
    const start = at(range.startContainer, range.startOffset);
    const end = at(range.endContainer, range.endOffset);
    if (start === null || end === null || end <= start) return;
    quote.value = chosen.toString();
    place.value = start + "-" + end;
  });
  quote?.addEventListener("input", () => { place.value = ""; });
}

// Where this browser has no Chinese font, all characters are the same box: then the note on fonts is shown, else it is not.
const note = document.querySelector("[data-fonts]");
if (note) {
  const drawn = ["\u6c38", "\u56fd"].map((character) => {
    const pen = Object.assign(document.createElement("canvas"), { width: 40, height: 40 }).getContext("2d");
    pen.font = "28px " + note.dataset.fonts;
    pen.fillText(character, 2, 30);
    return pen.getImageData(0, 0, 40, 40).data.join();
  });
  note.hidden = drawn[0] !== drawn[1];
}

// A filter that is a list of choices is sent as soon as one is chosen.
document.querySelectorAll("form.filters[data-live] select").forEach((field) => field.addEventListener("change", () => field.form.submit()));
