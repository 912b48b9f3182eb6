// Keeps a part of a page up to date. The page is complete without it; this makes it live.
//
// <div data-alive="URL">…</div>                        what the URL answers stands inside
// <div data-alive="" data-alive-part="#list"></div>    that part of this very page, wherever it stands
// <p data-alive-says></p>                              where troubles are told
"use strict";
(() => {
  const EVERY_MS = 2000;
  const AFTER_TROUBLE_MS = 5000;
  const PATIENCE_MS = 15000;

  const mark = document.querySelector("[data-alive]");
  const says = document.querySelector("[data-alive-says]");
  if (!mark) return; // a page of the same admin without such a part
  const part = mark.dataset.alivePart;
  const shown = () => (part ? document.querySelector(part) : mark);
  let timer = 0;
  let asking = null;
  let fresh_at = new Date();

  const say = (words, trouble = false) => {
    if (says.textContent !== words) says.textContent = words;
    says.toggleAttribute("data-trouble", trouble);
  };

  // --- What differs is changed, nothing else: focus, selection and open forms stay --------------

  // Rows of a list are known by what they would select, so that a tick stays with its row.
  const keyOf = (node) =>
    node.dataset?.key ?? (node.nodeName === "TBODY" ? node.querySelector(".action-select")?.value : undefined);

  const isSame = (old, fresh) =>
    old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName && keyOf(old) === keyOf(fresh);

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
    const keyed = new Map([...old.children].filter((one) => keyOf(one)).map((one) => [keyOf(one), one]));
    let here = old.firstChild;
    for (const wanted of [...fresh.childNodes]) {
      const known = keyed.get(keyOf(wanted));
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

  const show = (html) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const wanted = part ? fresh.content.querySelector(part) : fresh.content;
    if (wanted && shown()) becomeInside(shown(), wanted);
    else if (wanted || shown()) location.reload(); // the first row has come, or the last has gone
  };

  // --- Asking -----------------------------------------------------------------------------------

  const ask = async () => {
    clearTimeout(timer);
    if (document.hidden || asking) return;
    asking = new AbortController();
    const given = setTimeout(() => asking.abort(), PATIENCE_MS);
    let wait_ms = EVERY_MS;
    try {
      const answer = await fetch(mark.dataset.alive || location.href, { signal: asking.signal, headers: { Accept: "text/html" } });
      if (answer.redirected || answer.status === 403) {
        say("You are logged out, or may not see this any more. Reload the page.", true);
        wait_ms = 0;
      } else if (!answer.ok) {
        throw new Error(answer.status);
      } else {
        show(await answer.text());
        fresh_at = new Date();
        say("");
      }
    } catch {
      const since = fresh_at.toISOString().slice(11, 19);
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
