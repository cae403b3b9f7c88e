// What the papers page does by itself; without this file it works as well.
"use strict";

(() => {
  const filters = document.getElementById("filters");
  const selection = document.getElementById("selection");

  if (filters) {
    // An address that can be read and passed on has no empty fields.
    filters.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData]) {
        if (!value.trim()) event.formData.delete(name);
      }
    });
    const sort = filters.querySelector("#sort");
    filters.querySelector(".go").hidden = true;
    sort.addEventListener("change", () => filters.requestSubmit());
  }

  if (selection) choosing(selection);

  // What is ticked stays so while one pages, sorts and searches, until the tab is closed.
  function choosing(form) {
    const KEPT = "footnote-chosen";
    const ask = form.querySelector("button.main");
    const clear = form.querySelector("button.clear");
    const status = form.querySelector("[role=status]");
    const most = Number(form.dataset.most);
    const boxes = [...form.querySelectorAll("input[name=only]")];
    const here = new Set(boxes.map((box) => box.value));
    let chosen = new Set();

    function recall() {
      try {
        const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
        chosen = new Set(kept.filter((id) => typeof id === "string"));
      } catch {
        // Where nothing may be kept, or something else was, this page is on its own.
      }
      show();
    }

    function keep() {
      try {
        sessionStorage.setItem(KEPT, JSON.stringify([...chosen]));
      } catch {
        // as above
      }
      show();
    }

    function show() {
      const count = chosen.size;
      const elsewhere = [...chosen].filter((id) => !here.has(id)).length;
      for (const box of boxes) {
        box.checked = chosen.has(box.value);
        box.disabled = count >= most && !box.checked;
      }
      form.hidden = !boxes.length && !count;
      ask.disabled = !count;
      ask.textContent = count ? form.dataset.count.replace("{count}", count) : form.dataset.none;
      clear.hidden = !count;
      const said = [
        elsewhere ? form.dataset.elsewhere.replace("{count}", elsewhere) : "",
        count >= most ? form.dataset.full : "",
      ];
      status.textContent = said.filter(Boolean).join(" ");
    }

    form.addEventListener("change", (event) => {
      const { value, checked } = event.target;
      if (checked) chosen.add(value);
      else chosen.delete(value);
      keep();
    });
    clear.addEventListener("click", () => {
      chosen.clear();
      keep();
      (boxes[0] ?? document.getElementById("content")).focus();
    });
    form.addEventListener("formdata", (event) => {
      for (const id of chosen) if (!here.has(id)) event.formData.append("only", id);
    });
    addEventListener("pageshow", recall); // going back brings old ticks back, but before this
    recall();
  }
})();
