// Adding papers: how much has been sent, then how far the shelf is. Without it both pages work.
"use strict";

(() => {
  const AGAIN = 700; // milliseconds
  const form = document.getElementById("adding");
  const state = document.getElementById("state");

  function send(event) {
    const files = [...document.getElementById("files").files];
    const wrong = problem(files);
    document.getElementById("wrong").textContent = wrong;
    event.preventDefault();
    if (wrong) return;
    const button = form.querySelector("button");
    const bar = document.getElementById("sent");
    const said = document.getElementById("sending");
    const end = (sentence) => {
      document.getElementById("wrong").textContent = sentence;
      button.disabled = false;
      bar.hidden = true;
      said.textContent = "";
    };
    button.disabled = true;
    bar.hidden = false;
    said.textContent = form.dataset.sending;
    const request = new XMLHttpRequest();
    request.upload.onprogress = (one) => {
      if (one.lengthComputable) bar.value = one.loaded / one.total;
    };
    request.onerror = () => end(form.dataset.lost);
    request.onload = () => {
      if (request.status < 400 && request.responseURL !== location.href) {
        location.assign(request.responseURL);
        return;
      }
      end(refusal(request.responseText) || form.dataset.lost);
    };
    request.open("POST", form.action);
    request.send(new FormData(form));
  }

  function problem(files) {
    const size = files.reduce((sum, one) => sum + one.size, 0);
    if (files.length > Number(form.dataset.mostFiles)) return form.dataset.tooMany;
    return size > Number(form.dataset.mostBytes) ? form.dataset.tooLarge : "";
  }

  function refusal(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    return page.getElementById("wrong")?.textContent.trim();
  }

  async function look() {
    const bar = document.getElementById("progress");
    try {
      const answer = await fetch(location.href, { headers: { accept: "application/json" } });
      const job = await answer.json();
      if (!answer.ok || job.finished) {
        location.reload();
        return;
      }
      if (state.textContent !== job.sentence) state.textContent = job.sentence;
      if (job.total) {
        bar.max = job.total;
        bar.value = job.done;
      }
    } catch {
      state.textContent = state.dataset.lost;
    }
    setTimeout(look, AGAIN);
  }

  form?.addEventListener("submit", send);
  if (state) setTimeout(look, AGAIN);
})();
