// Keeps the queue board up to date. The board is complete without it; this makes it live.
"use strict";
(() => {
  const EVERY_MS = 2000;
  const AFTER_TROUBLE_MS = 5000;
  const PATIENCE_MS = 15000;

  const board = document.querySelector("[data-board]");
  const says = document.querySelector("[data-board-says]");
  let timer = 0;
  let asking = null;

  const say = (words, trouble = false) => {
    if (says.textContent !== words) says.textContent = words;
    says.toggleAttribute("data-trouble", trouble);
  };

  // --- What differs is changed, nothing else: focus, selection and open forms stay --------------

  const isSame = (old, fresh) =>
    old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName && old.dataset?.key === fresh.dataset?.key;

  // A form in use is left alone; one whose queue has changed is made anew when nobody uses it.
  const isKept = (old, fresh) =>
    old.dataset?.keep !== undefined && (old.open || old.dataset.keep === fresh.dataset.keep);

  const become = (old, fresh) => {
    if (isKept(old, fresh)) return;
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return;
    }
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    becomeInside(old, fresh);
  };

  const becomeInside = (old, fresh) => {
    const keyed = new Map([...old.children].filter((one) => one.dataset.key).map((one) => [one.dataset.key, one]));
    let here = old.firstChild;
    for (const wanted of [...fresh.childNodes]) {
      const known = keyed.get(wanted.dataset?.key);
      if (known && known !== here) old.insertBefore(known, here);
      const now = known || here;
      if (now && isSame(now, wanted)) {
        here = now.nextSibling;
        become(now, wanted);
      } else {
        old.insertBefore(wanted, here);
      }
    }
    while (here) {
      const next = here.nextSibling;
      here.remove();
      here = next;
    }
  };

  // --- Asking -----------------------------------------------------------------------------------

  const ask = async () => {
    clearTimeout(timer);
    if (document.hidden || asking) return;
    asking = new AbortController();
    const given = setTimeout(() => asking.abort(), PATIENCE_MS);
    let wait_ms = EVERY_MS;
    try {
      const answer = await fetch(board.dataset.board, { signal: asking.signal, headers: { Accept: "text/html" } });
      if (answer.redirected || answer.status === 403) {
        say("You are logged out, or may not see this any more. Reload the page.", true);
        wait_ms = 0;
      } else if (!answer.ok) {
        throw new Error(answer.status);
      } else {
        const fresh = document.createElement("template");
        fresh.innerHTML = await answer.text();
        becomeInside(board, fresh.content);
        say("");
      }
    } catch {
      const since = board.querySelector("time").textContent;
      say(`Could not refresh: these figures are of ${since} UTC. Trying again.`, true);
      wait_ms = AFTER_TROUBLE_MS;
    } finally {
      clearTimeout(given);
      asking = null;
    }
    if (wait_ms) timer = setTimeout(ask, wait_ms);
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
  timer = setTimeout(ask, EVERY_MS);
})();
