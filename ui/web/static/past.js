// Past conversations at the side; the address names the one that is open.
"use strict";

(() => {
  const texts = JSON.parse(document.querySelector("meta[name=footnote-past]").content);
  const root = document.documentElement;
  const FOLDED = "footnote-past-folded";
  const narrow = matchMedia("(max-width: 1100px)");
  const isNarrow = () => narrow.matches;
  let opened = new URLSearchParams(location.search).get("c") ?? "";
  let listed = [];
  let rows = new Map(); // by id: what is held, pressed or typed in stays the node that it is
  let named = ""; // the id of what is being named; whoever types is not interrupted
  let trouble = "";
  let asked = 0;

  // What will be filled by a conversation does not show the welcome first.
  if (opened) root.classList.add("reopening");

  function make(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  const list = make("ul");
  const hint = make("p", { class: "hint" }, texts.none);
  const places = make("div", { class: "places" });
  const nav = make("nav", { id: "past", "aria-label": texts.past }, make("h2", {}, texts.past), list, hint, places);
  const fold = make("button", { id: "fold", type: "button", "aria-controls": "past", onclick: turn });
  const shade = make("div", { id: "past-shade", onclick: () => show(false) });
  document.body.prepend(fold, nav, shade);

  function show(isShown) {
    root.classList.toggle("past-shown", isShown);
    root.classList.toggle("past-folded", !isShown);
    // What it lies over cannot be reached meanwhile.
    document.querySelector("gradio-app")?.toggleAttribute("inert", isShown && isNarrow());
    fold.setAttribute("aria-expanded", String(isShown));
    fold.setAttribute("aria-label", isShown ? texts.hide : texts.show);
    fold.title = isShown ? texts.hide : texts.show;
  }

  function turn() {
    const isShown = fold.getAttribute("aria-expanded") !== "true";
    show(isShown);
    if (!isNarrow()) localStorage.setItem(FOLDED, isShown ? "" : "yes");
    if (isShown && isNarrow()) nav.querySelector("a, button")?.focus();
  }

  async function ask(path, options = {}) {
    const headers = options.body ? { "content-type": "application/json" } : {};
    const response = await fetch(path, { headers, credentials: "same-origin", ...options });
    if (!response.ok) throw new Error(String(response.status));
    return response.status === 204 ? null : response.json();
  }

  async function refresh() {
    const mine = ++asked;
    try {
      const { conversations, links } = await ask("/conversations");
      if (mine !== asked) return; // a later question knows more
      listed = conversations;
      places.replaceChildren(...links.map(([href, text]) => make("a", { href }, text)));
    } catch {
      return; // what was known last is better than nothing
    }
    relist();
  }

  function entitle() {
    const open = listed.find(({ id }) => id === opened);
    document.title = open ? `${open.title} · ${texts.name}` : texts.page;
  }

  function relist() {
    entitle();
    hint.textContent = trouble || texts.none;
    hint.hidden = !trouble && listed.length > 0;
    if (named) return; // the end of it lists anew
    const before = rows;
    rows = new Map(listed.map((one) => [one.id, rowFor(one, before.get(one.id))]));
    const wanted = listed.map(({ id }) => rows.get(id).row);
    const held = list.contains(document.activeElement) ? document.activeElement : null;
    for (const row of [...list.children]) if (!wanted.includes(row)) row.remove();
    wanted.forEach((row, place) => {
      if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
    });
    if (held?.isConnected) held.focus(); // what is moved loses it
  }

  const rowFor = (one, before) => (before?.title === one.title ? before : { title: one.title, row: item(one) });

  function item(one) {
    const link = make("a", { href: `/?c=${one.id}`, title: one.title, onclick: (event) => follow(event, one) }, one.title);
    if (one.id === opened) link.setAttribute("aria-current", "page");
    const row = make("li", { "data-id": one.id }, link);
    row.append(
      tool("rename", texts.rename, one, () => rename(row, one)),
      tool("delete", texts.delete, one, () => remove(one)),
    );
    return row;
  }

  const tool = (kind, text, one, act) =>
    make("button", { type: "button", class: kind, title: text, "aria-label": `${text}: ${one.title}`, onclick: act });

  function follow(event, one) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(one.id);
    if (isNarrow()) show(false);
  }

  function go(id) {
    if (id !== opened) history.pushState(null, "", `/?c=${id}`);
    open(id);
  }

  // The server reads in the address which one it is to open.
  function open(id) {
    mark(id);
    dispatchEvent(new Event("footnote-address"));
    document.getElementById("opener")?.click();
  }

  function mark(id) {
    opened = id;
    entitle();
    for (const link of list.querySelectorAll("a")) {
      if (link.parentElement.dataset.id === id) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  function rename(row, one) {
    const field = make("input", { "aria-label": texts.title, maxlength: "200" });
    field.value = one.title;
    let isOver = false;
    const end = async (isWanted, isByKey) => {
      if (isOver) return;
      isOver = true;
      const title = isWanted ? await renamed(one, field.value.trim()) : one.title;
      const shown = rowFor({ ...one, title });
      rows.set(one.id, shown);
      row.replaceWith(shown.row);
      if (named === one.id) named = ""; // else another one is being named by now
      // Whoever went elsewhere with the pointer is not fetched back.
      if (isByKey) shown.row.querySelector(".rename").focus();
      await refresh();
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") end(true, true);
      if (event.key === "Escape") end(false, true);
    });
    field.addEventListener("blur", () => end(true, false));
    named = one.id;
    row.replaceChildren(field);
    field.focus();
    field.select();
  }

  // The title that it has then.
  async function renamed(one, title) {
    if (!title || title === one.title) return one.title;
    const body = JSON.stringify({ title });
    const isDone = await attempt(() => ask(`/conversations/${one.id}`, { method: "PATCH", body }));
    relist(); // says what went wrong
    return isDone ? title : one.title;
  }

  function remove(one) {
    const say = texts.forGood.replace("{title}", one.title);
    const sure = make("button", { type: "submit", class: "danger", value: "yes" }, texts.delete);
    const dialog = make(
      "dialog",
      { class: "ours", "aria-labelledby": "sure" },
      make(
        "form",
        { method: "dialog" },
        make("h2", { id: "sure" }, texts.sure),
        make("p", {}, say),
        make("div", { class: "actions" }, make("button", { type: "submit", value: "" }, texts.cancel), sure),
      ),
    );
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("close", async () => {
      dialog.remove();
      if (dialog.returnValue !== "yes") return;
      await attempt(() => ask(`/conversations/${one.id}`, { method: "DELETE" }));
      if (one.id === opened && !trouble) document.getElementById("new")?.click();
      await refresh();
      fold.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  async function attempt(action) {
    trouble = "";
    try {
      await action();
    } catch {
      trouble = texts.notDone;
    }
    return !trouble;
  }

  // The page says under which id it is kept by the id of a node: its texts are all that arrive.
  let said = null;
  function notice() {
    const kept = document.querySelector("#exports [id^=kept-]")?.id.slice(5) ?? null;
    if (document.querySelector("#chat .message-row") || kept === "none") root.classList.remove("reopening");
    if (kept === said || kept === null) return;
    said = kept;
    const id = kept === "none" ? "" : kept;
    const address = new URLSearchParams(location.search);
    if (id) address.set("c", id);
    else address.delete("c");
    const query = address.toString();
    history.replaceState(null, "", query ? `/?${query}` : "/");
    mark(id);
    refresh();
  }

  // An answer that came to its end can be copied, with what it stands on.
  function offerCopies() {
    if (document.querySelector("#box .stop-button")) return;
    for (const answer of document.querySelectorAll("#chat .answer:has(a.cite)")) {
      // Inside what Gradio writes as one piece: beside it, a button would be left behind.
      const below = answer.parentElement.querySelector(".rate");
      if (!below || below.querySelector(".copy")) continue;
      below.prepend(make("button", { type: "button", class: "copy", "aria-label": texts.copy, title: texts.copy, onclick: copy }));
    }
  }

  async function copy(event) {
    const button = event.currentTarget;
    const answer = button.closest(".rate").parentElement.querySelector(".answer");
    const turn = answer.querySelector("a.cite").id.split("-")[1];
    const sources = [...document.querySelectorAll(`[id^="src-${turn}-"]`)].map(source);
    await navigator.clipboard.writeText(`${written(answer)}\n\n${sources.join("\n")}\n`);
    button.classList.add("done");
    button.setAttribute("aria-label", texts.copied);
    setTimeout(() => button.remove(), 1500);
  }

  const written = (answer) =>
    [...answer.querySelectorAll("p, li")]
      .filter((one) => !one.matches(".note"))
      .map((one) => `${one.matches("li") ? "- " : ""}${one.textContent.trim().replaceAll(/\s*(\[\d+\])/g, " $1")}`)
      .join("\n");

  function source(card) {
    const number = card.querySelector(".number")?.textContent ?? "";
    const title = card.querySelector("h3 > span:last-child")?.textContent.trim() ?? "";
    const line = card.querySelector(".byline")?.textContent.trim() ?? "";
    const link = card.querySelector("a.out")?.href ?? "";
    return `[${number}] ${[title, line, link].filter(Boolean).join(". ")}`;
  }

  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("details.export[open]");
    if (event.key === "Escape" && menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.key === "Escape" && isNarrow() && root.classList.contains("past-shown")) {
      show(false);
      fold.focus();
    }
  });
  document.addEventListener("click", (event) => {
    const menu = document.querySelector("details.export[open]");
    if (menu && (!menu.contains(event.target) || event.target.closest("a"))) menu.open = false;
    // Back leads from a new chat to the one that was left; what is deleted is not left.
    if (event.isTrusted && opened && event.target.closest?.("#new")) history.pushState(null, "", location.href);
  });
  addEventListener("popstate", () => {
    const id = new URLSearchParams(location.search).get("c") ?? "";
    if (id !== opened) open(id);
    dispatchEvent(new Event("footnote-address"));
  });

  const settle = () => show(!isNarrow() && !localStorage.getItem(FOLDED));
  narrow.addEventListener("change", settle);
  settle();
  refresh();
  let runs = false;
  new MutationObserver(() => {
    notice();
    offerCopies();
    const ran = runs;
    runs = Boolean(document.querySelector("#box .stop-button"));
    if (ran && !runs) refresh(); // what was gone on with comes first
  }).observe(root, { childList: true, subtree: true });
})();
