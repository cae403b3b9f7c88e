// What the page does by itself: markers open their evidence, keys work, a screen reader hears text.
"use strict";

(() => {
  const texts = JSON.parse(document.querySelector("meta[name=footnote-texts]").content);
  const ARROWS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  // Rules of our own mark what is selected: Gradio writes its nodes anew whenever it likes.
  const chosen = document.createElement("style");
  document.head.append(chosen);
  // Who hears the page is told what a selected number shows.
  const told = document.createElement("p");
  told.id = "told";
  told.setAttribute("role", "status");
  document.body.append(told);
  const ABOVE = 16; // pixels over the question
  let latest = 0;
  let scrolled = 0; // how far we have scrolled the conversation; who scrolls is left alone

  const markers = () => [...document.querySelectorAll("#chat a.cite[href]")];
  const isNarrow = () => matchMedia("(max-width: 860px)").matches;
  const manner = () =>
    matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

  function select(marker) {
    const [, turn, place] = /^cite-(\d+)-(\d+)$/.exec(marker.id) ?? [];
    const card = document.getElementById(marker.hash.slice(1));
    if (!turn || !card) return;
    chosen.textContent = `
      #evidence #evidence-cards .turn { display: none }
      #evidence #evidence-cards #turn-${turn} { display: block }
      #evidence #${card.id} { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent) }
      #evidence mark.by-${turn}-${place} { background: var(--pen-strong) }
      #evidence #${card.id} .verdict:not(.by-${turn}-${place}) { display: none }
      #chat a#${marker.id} { background: var(--accent); color: var(--on-accent) }`;
    const sentence = card.querySelector(`mark.by-${turn}-${place}`) ?? card;
    const fits = card.offsetHeight < (isNarrow() ? innerHeight : card.parentElement.offsetHeight);
    (fits ? card : sentence).scrollIntoView({ block: isNarrow() ? "start" : "nearest", behavior: manner() });
    tell(card, `by-${turn}-${place}`);
  }

  function tell(card, by) {
    const of = (where) => [...card.querySelectorAll(where)].map((one) => one.textContent.trim()).join(" ");
    const all = [of("h3 > :last-child"), of(`.verdict.${by} strong`), of(`mark.${by}`)];
    told.textContent = `${texts.source} ${of(".number")}. ${all.filter(Boolean).join(". ")}`;
  }

  function goBack(number) {
    const marker = document.getElementById(number.hash.slice(1));
    marker?.focus({ preventScroll: true });
    marker?.scrollIntoView({ block: "center", behavior: manner() });
  }

  function step(by) {
    const all = markers();
    if (!all.length) return;
    const here = all.indexOf(document.activeElement);
    const first = all.findIndex((one) => one.id.startsWith(`cite-${latest}-`));
    const next = here < 0 ? Math.max(0, first) : here + by;
    const marker = all[Math.min(all.length - 1, Math.max(0, next))];
    marker.focus();
    select(marker);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#chat a.cite, #evidence a.number");
    if (!link) return;
    event.preventDefault();
    if (link.matches(".number")) return goBack(link);
    link.focus();
    select(link);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelector("#box .stop-button")?.click();
    const isTyping = event.target.matches?.("textarea, input, select, [contenteditable]");
    const isPlain = !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
    const onMarker = event.target.matches?.("#chat a.cite");
    const isSideways = event.key === "ArrowRight" || event.key === "ArrowLeft";
    // Up and down scroll, except from a marker.
    if (!isTyping && isPlain && event.key in ARROWS && (isSideways || onMarker)) {
      event.preventDefault();
      step(ARROWS[event.key]);
    }
  });

  // Gradio gives its buttons no names, and labels a message with its source instead of its text.
  function name() {
    for (const one of document.querySelectorAll("#chat [data-testid][aria-label]")) {
      one.removeAttribute("aria-label");
    }
    const named = {
      "#box .submit-button": texts.ask,
      "#box .stop-button": texts.stop,
      "#evidence": texts.evidence,
    };
    for (const [where, label] of Object.entries(named)) {
      const one = document.querySelector(`${where}:not([aria-label])`);
      one?.setAttribute("aria-label", label);
    }
    for (const one of document.querySelectorAll("#chat a.cite:not([aria-label])")) {
      one.setAttribute("aria-label", `${texts.source} ${one.textContent.slice(1, -1)}`);
    }
    for (const one of document.querySelectorAll("#evidence a.number:not([aria-label])")) {
      one.setAttribute("aria-label", `${one.textContent}: ${one.title}`);
    }
    document.querySelector("#evidence:not([role])")?.setAttribute("role", "complementary");
    for (const one of document.querySelectorAll(":is(#evidence, #chat [role=log]):not([tabindex])")) {
      one.tabIndex = 0; // what scrolls can be scrolled with keys
    }
  }

  // The question stays in sight, at the top at last, while its answer grows below it.
  function follow(question, isNew) {
    const log = document.querySelector("#chat [role=log]");
    if (isNarrow()) {
      if (isNew) question.scrollIntoView({ block: "start" });
    } else if (isNew || log.scrollTop === scrolled) {
      const from = log.getBoundingClientRect().top + ABOVE;
      log.scrollTop += question.getBoundingClientRect().top - from;
      scrolled = log.scrollTop;
    }
  }

  function tidy() {
    name();
    const asked = document.querySelectorAll("#chat .user-row");
    const isNew = asked.length > latest;
    if (asked.length !== latest) {
      latest = asked.length;
      chosen.textContent = told.textContent = "";
      document.getElementById("evidence").scrollTop = 0;
    }
    if (latest) follow(asked[latest - 1], isNew);
  }

  new MutationObserver(tidy).observe(document.documentElement, { childList: true, subtree: true });
})();
