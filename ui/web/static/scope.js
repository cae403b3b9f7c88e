// Filters as chips above the box; the address holds them, and the server says what they mean.
"use strict";

(() => {
  const texts = JSON.parse(document.querySelector("meta[name=footnote-past]").content);
  const NAMES = ["since", "until", "organization", "source", "only"];
  const FIELDS = ["since", "until", "organization", "source"];
  let asked = 0;

  function make(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  const filter = make("button", { type: "button", class: "filter", "aria-haspopup": "dialog", onclick: choose }, texts.filter);
  const chips = make("ul");
  const count = make("span", { class: "count", role: "status" });
  const bar = make("div", { id: "scope", role: "group", "aria-label": texts.filters }, filter, chips, count);

  const current = () => new URLSearchParams(location.search);

  function filters() {
    const all = current();
    return new URLSearchParams(NAMES.filter((name) => all.get(name)).map((name) => [name, all.get(name)]));
  }

  function change(values) {
    const address = current();
    for (const [name, value] of Object.entries(values)) {
      if (value) address.set(name, value);
      else address.delete(name);
    }
    const query = address.toString();
    history.replaceState(null, "", query ? `/?${query}` : "/");
    draw();
  }

  async function draw() {
    const wanted = filters();
    const mine = ++asked;
    if (![...wanted].length) return put([], "", "");
    const response = await fetch(`/scope?${wanted}`);
    const said = response.ok ? await response.json() : { chips: [], problem: texts.notDone, papers: "" };
    if (mine !== asked) return;
    // What the server cannot read is shown as it stands, so that it can be removed.
    const shown = said.problem ? [...wanted].map(([name, text]) => ({ name, text })) : said.chips;
    put(shown, said.problem || said.papers, said.problem ? "problem" : "");
  }

  function put(all, line, kind) {
    chips.replaceChildren(...all.map(chip));
    count.textContent = line;
    count.className = `count ${kind}`;
    bar.classList.toggle("filtered", all.length > 0);
  }

  const chip = ({ name, text }) =>
    make(
      "li",
      {},
      make("span", {}, text),
      make("button", {
        type: "button",
        "aria-label": `${texts.remove}: ${text}`,
        onclick: () => {
          change({ [name]: "" });
          filter.focus();
        },
      }),
    );

  function labelled(name, field) {
    field.id = `filter-${name}`;
    field.name = name;
    field.value = filters().get(name) ?? "";
    return make("label", { for: field.id }, make("span", {}, texts[name]), field);
  }

  async function choose() {
    const response = await fetch("/scope/choices");
    const there = response.ok ? await response.json() : { organizations: [], sources: [] };
    const option = (value, text = value) => make("option", { value }, text);
    // Another page may have set a year or a day, which a field for months would not show.
    const month = (name) =>
      make("input", {
        type: /^(\d{4}-\d{2})?$/.test(filters().get(name) ?? "") ? "month" : "text",
        placeholder: texts.month,
      });
    const source = make("select", {}, option("", texts.any), ...there.sources.map((one) => option(one)));
    const names = make("datalist", { id: "filter-names" }, ...there.organizations.map((one) => option(one)));
    const apply = make("button", { type: "submit", class: "main", value: "apply" }, texts.apply);
    const clear = make("button", { type: "submit", class: "plain", value: "clear" }, texts.clear);
    const cancel = make("button", { type: "submit", value: "" }, texts.cancel);
    clear.hidden = ![...filters()].length;
    const form = make(
      "form",
      { method: "dialog" },
      make("h2", { id: "filter-title" }, texts.filters),
      make("div", { class: "pair" }, labelled("since", month("since")), labelled("until", month("until"))),
      labelled("organization", make("input", { list: "filter-names", maxlength: "200", autocomplete: "off" })),
      names,
      labelled("source", source),
      make("div", { class: "actions" }, clear, cancel, apply),
    );
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.tagName === "BUTTON") return;
      event.preventDefault();
      apply.click(); // the first button would clear them
    });
    const dialog = make("dialog", { class: "ours", "aria-labelledby": "filter-title" }, form);
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "apply") {
        change(Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value.trim()])));
      } else if (dialog.returnValue === "clear") {
        change(Object.fromEntries(NAMES.map((name) => [name, ""])));
      }
      dialog.remove();
      filter.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  function settle() {
    const composer = document.getElementById("composer");
    if (composer && bar.parentElement !== composer) composer.prepend(bar);
    const address = current();
    // Once the question of the address is in the box, a reload must not bring it back.
    if (address.has("ask") && document.querySelector("#box textarea")?.value) change({ ask: "" });
  }

  document.addEventListener("input", settle);
  addEventListener("footnote-address", draw);
  draw();
  new MutationObserver(settle).observe(document.documentElement, { childList: true, subtree: true });
})();
