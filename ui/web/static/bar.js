// The links of our pages' bar, put into the bar of the chat as well.
"use strict";

(() => {
  if (document.body.classList.contains("ours")) return;
  let nav = null;

  function made({ label, links }) {
    const made = document.createElement("nav");
    made.className = "bar-links";
    made.setAttribute("aria-label", label);
    for (const [address, text] of links) {
      if (address === location.pathname) continue;
      const link = document.createElement("a");
      link.href = address;
      link.textContent = text;
      made.append(link);
    }
    return made;
  }

  // Gradio writes its nodes when it likes, also anew.
  function place() {
    const name = document.getElementById("name");
    if (nav && name && name.nextElementSibling !== nav) name.after(nav);
  }

  fetch("/bar", { credentials: "same-origin" })
    .then((response) => (response.ok ? response.json() : null))
    .then((bar) => {
      if (!bar) return;
      nav = made(bar);
      place();
      new MutationObserver(place).observe(document.body, { childList: true, subtree: true });
    })
    .catch(() => {}); // a bar without links is still one
})();
