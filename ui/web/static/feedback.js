// Thumbs under each answer, and why an answer was bad. Gradio writes its nodes anew when it likes:
// what was said is kept here by the answer's id, and the thumbs are made again.
"use strict";

(() => {
  const meta = document.querySelector("meta[name=footnote-texts]");
  const texts = JSON.parse(meta?.content ?? "{}").feedback;
  if (!texts) return;
  const said = new Map(); // by id; null where nothing is
  const told = new Map(); // by id; what the page answered to it
  const THUMB = "M7 10.5 10.6 3c1.3 0 2.3 1 2.3 2.3v3.2h4.7c1.2 0 2.1 1.1 1.9 2.3l-1.2 7" +
    "c-.2.9-1 1.7-2 1.7H7m0-9v9m0-9H4.2v9H7";
  let dialog;

  function make(name, properties = {}, ...children) {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  }

  function icon() {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", THUMB);
    svg.append(path);
    return svg;
  }

  const idOf = (row) => row.id.slice("rate-".length);
  const rowOf = (id) => document.getElementById(`rate-${id}`);

  function button(id, thumb, label) {
    const one = make("button", { type: "button", className: `thumb ${thumb}`, title: label }, icon());
    one.setAttribute("aria-label", label);
    one.setAttribute("aria-pressed", "false");
    one.addEventListener("click", () => press(id, thumb));
    return one;
  }

  function fill(row) {
    const id = idOf(row);
    const status = make("span", { className: "said" });
    status.setAttribute("role", "status");
    row.append(button(id, "up", texts.helpful), button(id, "down", texts.unhelpful), status);
    show(id);
  }

  function tell(id, message) {
    told.set(id, message);
    show(id);
  }

  function show(id) {
    const row = rowOf(id);
    if (!row) return;
    const feedback = said.get(id);
    for (const thumb of ["up", "down"]) {
      row.querySelector(`.${thumb}`)?.setAttribute("aria-pressed", String(feedback?.thumb === thumb));
    }
    const status = row.querySelector(".said");
    if (status) status.textContent = told.get(id) ?? texts.reasons[feedback?.reason] ?? "";
  }

  async function send(id, feedback) {
    const before = said.get(id) ?? null;
    said.set(id, feedback);
    told.delete(id);
    show(id);
    const body = JSON.stringify({ id, thumb: null, ...feedback });
    const headers = { "content-type": "application/json" };
    try {
      const answer = await fetch("/feedback", { method: "POST", headers, body });
      if (!answer.ok) throw new Error(answer.statusText);
      tell(id, feedback ? texts.reasons[feedback.reason] ?? texts.thanks : texts.takenBack);
    } catch {
      said.set(id, before);
      tell(id, texts.notKept);
    }
  }

  // The thumb is kept before anybody is asked why: most people say no more.
  function press(id, thumb) {
    const isTakenBack = said.get(id)?.thumb === thumb;
    const sent = send(id, isTakenBack ? null : { thumb });
    if (thumb === "down" && !isTakenBack) askWhy(id, sent);
  }

  function choice(value, label, number) {
    const input = make("input", { type: "radio", name: "reason", value, required: true });
    input.autofocus = number === 0;
    return make("label", { className: "reason" }, input, label);
  }

  function askWhy(id, sent) {
    dialog?.remove();
    const note = make("textarea", { name: "note", rows: 3, maxLength: 500 });
    const skip = make("button", { type: "button", className: "skip", textContent: texts.skip });
    const done = make("button", { type: "submit", className: "send", textContent: texts.send });
    const choices = Object.entries(texts.reasons).map(([value, label], n) => choice(value, label, n));
    const form = make(
      "form",
      { method: "dialog" },
      make("fieldset", {}, make("legend", { textContent: texts.why }), ...choices),
      make("label", { className: "more" }, texts.note, note),
      make("div", { className: "buttons" }, skip, done),
    );
    dialog = make("dialog", { id: "why" }, form);
    dialog.setAttribute("aria-label", texts.why);
    // Keys mean other things on the page behind.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("close", (event) => {
      event.target.remove();
      rowOf(id)?.querySelector(".down")?.focus();
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    skip.addEventListener("click", () => dialog.close());
    form.addEventListener("submit", async () => {
      const reason = new FormData(form).get("reason");
      await sent;
      send(id, { thumb: "down", reason, note: note.value });
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  async function recall(ids) {
    for (const id of ids) said.set(id, null);
    try {
      const answer = await fetch(`/feedback?ids=${ids.join(",")}`);
      const found = answer.ok ? await answer.json() : {};
      for (const [id, feedback] of Object.entries(found)) {
        said.set(id, feedback);
        show(id);
      }
    } catch {
      for (const id of ids) said.delete(id); // asked for again with the next change of the page
    }
  }

  function tidy() {
    const rows = [...document.querySelectorAll("#chat .rate[id^=rate-]:not(:has(.thumb))")];
    if (!rows.length) return;
    rows.forEach(fill);
    const unknown = rows.map(idOf).filter((id) => !said.has(id));
    for (let at = 0; at < unknown.length; at += 100) recall(unknown.slice(at, at + 100));
  }

  new MutationObserver(tidy).observe(document.documentElement, { childList: true, subtree: true });
})();
