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

  if (selection) {
    const button = selection.querySelector("button");
    const tell = () => {
      const count = selection.querySelectorAll(":checked").length;
      button.disabled = !count;
      button.textContent = count
        ? button.dataset.count.replace("{count}", count)
        : button.dataset.none;
    };
    selection.addEventListener("change", tell);
    addEventListener("pageshow", tell); // going back brings the ticks back, but later
    tell();
  }
})();
