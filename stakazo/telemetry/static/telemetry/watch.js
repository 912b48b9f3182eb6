// Keeps the watch page up to date. The page is complete without it; this makes it live.
"use strict";
(() => {
  const KEPT_EVENTS = 300;
  const KEPT_ERRORS = 5;
  const HELD_WHILE_PAUSED = 1000;
  const SILENCE_MS = 40000; // the server pings every 15 s
  const FIRST_RETRY_MS = 500;
  const LONGEST_RETRY_MS = 15000;
  const NOT_LOGGED_IN = 4401;

  const one = (selector) => document.querySelector(selector);
  const all = (selector) => document.querySelectorAll(selector);
  const adminPages = JSON.parse(one("#admin-pages").textContent);
  const names = JSON.parse(one("#names").textContent); // platforms write themselves in their own way

  let position = document.body.dataset.position;
  let socket = null;
  let retryMs = FIRST_RETRY_MS;
  let retryTimer = 0;
  let silenceTimer = 0;
  let paused = false;
  let held = [];
  const seen = new Set([...all("[data-events] > [data-id]")].map((row) => row.dataset.id));

  // --- Words -----------------------------------------------------------------------------------

  const words = (name) => {
    const text = name.replaceAll("_", " ");
    return text.charAt(0).toUpperCase() + text.slice(1);
  };
  const percent = (fraction) => `${Math.round(fraction * 100)} %`;
  const age = (seconds) => {
    if (seconds === null || seconds === undefined) return "–";
    for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "min"]]) {
      if (seconds >= size) return `${Math.round(seconds / size)} ${unit}`;
    }
    return `${Math.round(Math.max(seconds, 0))} s`;
  };
  const at = (data, path) =>
    path.split(".").reduce((part, key) => (part === null || part === undefined ? part : part[key]), data);

  // Builds an element; text is always text, never markup.
  const make = (tag, { text, cls, attrs = {} } = {}, children = []) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (cls) element.className = cls;
    for (const [name, value] of Object.entries(attrs)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const setText = (element, text) => {
    if (element.textContent !== String(text)) element.textContent = text;
  };

  // --- Ages tick between snapshots -------------------------------------------------------------

  const aged = (tag, seconds, { cls, suffix = "" } = {}) => {
    const element = make(tag, { text: age(seconds) + (seconds === null ? "" : suffix), cls });
    if (seconds !== null) {
      element.dataset.since = Date.now() - seconds * 1000;
      element.dataset.suffix = suffix;
    }
    return element;
  };
  setInterval(() => {
    if (document.hidden || !socket) return;
    for (const element of all("[data-since]")) {
      const seconds = (Date.now() - Number(element.dataset.since)) / 1000;
      setText(element, age(seconds) + (element.dataset.suffix || ""));
    }
  }, 1000);

  // --- The snapshot ----------------------------------------------------------------------------

  const cell = (count, alarm = "") =>
    make("td", { text: count, cls: `n ${count ? alarm : "zero"}`.trim() });

  // What the queues did in the last hour, and whether they are held back; told less often.
  const hours = new Map();
  const hourCell = (hour) => {
    if (!hour) return make("td", { text: "–", cls: "n" });
    const cell = make("td", { text: `${hour.done_1h} done`, cls: "n" });
    if (hour.failed_1h) cell.append(", ", make("span", { text: `${hour.failed_1h} failed`, cls: "bad" }));
    return cell;
  };
  const queueName = (queue, hour) => {
    const cell = make("th", { text: queue.name, attrs: { scope: "row" } });
    if (hour && hour.status !== "running") {
      cell.append(" ", make("span", { text: hour.status, cls: hour.status === "paused" ? "badge warn" : "badge" }));
    }
    return cell;
  };

  const queueRow = (queue) =>
    make("tr", {}, [
      queueName(queue, hours.get(queue.name)),
      cell(queue.waiting),
      cell(queue.processing),
      cell(queue.retry, "warn"),
      cell(queue.dead, "bad"),
      aged("td", queue.oldest_waiting_s, { cls: "n" }),
      hourCell(hours.get(queue.name)),
    ]);
  let queuesShown = [];
  const renderQueues = () => {
    if (queuesShown.length) one("[data-queues]").replaceChildren(...queuesShown.map(queueRow));
  };

  const runningItem = (job) => {
    const name = words(job.job_type);
    const title = adminPages.job
      ? make("a", { text: name, attrs: { href: adminPages.job.replace("ID", job.id) } })
      : document.createTextNode(name);
    const bar = make("progress", { text: percent(job.progress), attrs: { max: 1, "aria-label": name } });
    bar.value = job.progress;
    return make("li", { attrs: { "data-job": job.id } }, [
      make("p", { cls: "job" }, [
        make("strong", {}, [title]),
        make("span", { text: job.stage || "starting", cls: "stage" }),
        make("span", { text: percent(job.progress), cls: "share" }),
      ]),
      bar,
      make("p", { cls: "detail" }, [
        `${job.worker_id} · attempt ${job.attempt} · `,
        aged("span", job.running_s),
      ]),
    ]);
  };

  // Moves the bar of a job that is already shown instead of drawing it anew, so that it glides.
  const renderRunning = (jobs) => {
    const list = one("[data-running]");
    const shown = new Map([...list.children].map((item) => [item.dataset.job, item]));
    const items = jobs.map((job) => {
      const item = shown.get(job.id);
      if (!item) return runningItem(job);
      item.querySelector("progress").value = job.progress;
      setText(item.querySelector(".share"), percent(job.progress));
      setText(item.querySelector(".stage"), job.stage || "starting");
      return item;
    });
    list.replaceChildren(...(items.length ? items : [make("li", { text: "No job is running.", cls: "empty" })]));
  };

  const renderPlatforms = (platforms) => {
    const body = one("[data-platforms]");
    const statuses = body.dataset.platforms.split(" ");
    const alarms = { failed: "bad", unknown: "warn" };
    const rows = Object.entries(platforms).map(([platform, counts]) =>
      make("tr", {}, [
        make("th", { text: names[platform] || words(platform), attrs: { scope: "row" } }),
        ...statuses.map((status) => cell(counts[status] || 0, alarms[status])),
      ]),
    );
    if (rows.length) body.replaceChildren(...rows);
  };

  const renderCounts = (list, counts) =>
    list.replaceChildren(
      ...Object.entries(counts).map(([name, count]) =>
        make("div", { cls: count ? "" : "zero" }, [
          make("dt", { text: words(name) }),
          make("dd", { text: count }),
        ]),
      ),
    );

  const render = (snapshot) => {
    for (const element of all("[data-number]")) setText(element, at(snapshot, element.dataset.number) ?? 0);
    for (const element of all("[data-total]")) {
      const counts = Object.values(at(snapshot, element.dataset.total) ?? {});
      setText(element, counts.reduce((sum, count) => sum + count, 0));
    }
    for (const tile of all("[data-alarm]")) {
      tile.toggleAttribute("data-alarmed", Boolean(at(snapshot, tile.dataset.alarm)));
    }
    const queues = snapshot.jobs.queues;
    queuesShown = queues;
    renderQueues();
    const ages = queues.map((queue) => queue.oldest_waiting_s).filter((seconds) => seconds !== null);
    one("[data-oldest]").replaceChildren(aged("span", ages.length ? Math.max(...ages) : null));
    renderRunning(snapshot.jobs.running);
    renderPlatforms(snapshot.publishing.platforms);
    for (const list of all("[data-counts]")) renderCounts(list, at(snapshot, list.dataset.counts) ?? {});
    const workers = snapshot.workers.seen.map((worker) =>
      make("li", {}, [make("span", { text: worker.id }), aged("span", worker.seen_s, { cls: "detail", suffix: " ago" })]),
    );
    one("[data-workers]").replaceChildren(
      ...(workers.length ? workers : [make("li", { text: "None in the last hour.", cls: "empty" })]),
    );
    document.body.dataset.mode = snapshot.mode;
    setText(one("[data-mode-badge]"), words(snapshot.mode));
  };

  // --- The event stream ------------------------------------------------------------------------

  const stream = one("[data-events]");
  const filters = one("[data-filters]");
  const pauseButton = one("[data-pause]");

  const isShown = (row) => {
    const severity = filters.elements.severity.value;
    const text = filters.elements.text.value.trim().toLowerCase();
    const own = row.dataset.severity;
    if (severity === "ERROR" && own !== "ERROR") return false;
    if (severity === "WARN" && own === "INFO") return false;
    return !text || row.textContent.toLowerCase().includes(text) || row.dataset.all?.includes(text);
  };

  const linked = (text, page, id) =>
    page && id ? make("a", { text, attrs: { href: page.replace("ID", id) } }) : document.createTextNode(text);

  const eventRow = (event) => {
    const more = event.metadata.error || event.metadata.why || "";
    const object = event.entity_type ? `${event.entity_type} …${event.entity_id.slice(-8)}` : "";
    const row = make("li", { cls: "fresh" }, [
      make("time", { text: event.timestamp.slice(11, 19), attrs: { datetime: event.timestamp } }),
      make("span", { text: event.severity, cls: `badge ${event.severity.toLowerCase()}` }),
      make("span", { cls: "what" }, [linked(event.event_type, adminPages.ledger_event, event.id)]),
      make("span", { cls: "about" }, [linked(object, adminPages[event.entity_type], event.entity_id)]),
      make("span", { text: `${event.sentence} ${more}`.trim(), cls: "sentence" }),
      make("span", { text: event.actor, cls: "actor" }),
    ]);
    row.dataset.severity = event.severity;
    row.dataset.id = event.id;
    row.dataset.all = [event.entity_id, event.correlation_id, event.worker_id, event.job_id, event.clip_id]
      .join(" ")
      .toLowerCase();
    row.hidden = !isShown(row);
    return row;
  };

  const show = (event) => {
    stream.querySelector(".empty")?.remove();
    stream.prepend(eventRow(event));
    while (stream.children.length > KEPT_EVENTS) {
      seen.delete(stream.lastElementChild.dataset.id);
      stream.lastElementChild.remove();
    }
    if (event.severity === "ERROR") {
      showError(event);
      setText(one("[data-announce]"), `Error: ${words(event.event_type)}. ${event.sentence}`);
    }
  };

  const errors = one("[data-errors]");
  const showError = (event) => {
    errors.querySelector(".empty")?.remove();
    const row = eventRow(event);
    row.hidden = false; // the filter is for the stream
    errors.prepend(row);
    while (errors.children.length > KEPT_ERRORS) errors.lastElementChild.remove();
  };

  const take = (event) => {
    if (seen.has(event.id)) return;
    seen.add(event.id);
    if (!paused) {
      show(event);
      return;
    }
    held.push(event);
    if (held.length > HELD_WHILE_PAUSED) held.shift();
    setText(pauseButton, `Resume (${held.length})`);
  };

  pauseButton.addEventListener("click", () => {
    paused = !paused;
    pauseButton.setAttribute("aria-pressed", String(paused));
    setText(pauseButton, paused ? "Resume" : "Pause");
    if (!paused) {
      held.forEach(show);
      held = [];
    }
  });
  filters.addEventListener("input", () => {
    for (const row of stream.children) row.hidden = !isShown(row);
  });
  filters.addEventListener("submit", (submitted) => submitted.preventDefault());

  // --- The socket ------------------------------------------------------------------------------

  const say = (state, text) => {
    one("[data-link]").dataset.link = state;
    setText(one("[data-link-words]"), text);
  };

  const hear = (message) => {
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(() => socket?.close(), SILENCE_MS);
    if (message.type === "trouble") {
      say("lost", message.message);
      return;
    }
    if (message.type === "snapshot") {
      say("live", "Connected");
      render(message.snapshot);
    }
    if (message.type === "queues") {
      for (const queue of message.queues) hours.set(queue.queue, queue);
      renderQueues();
    }
    if (message.type === "event") take(message.event);
    if (message.position) position = message.position;
  };

  const connect = () => {
    clearTimeout(retryTimer);
    if (document.hidden || socket) return;
    say("waiting", "Connecting");
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const mine = new WebSocket(`${scheme}//${location.host}/telemetry/ws`);
    socket = mine;
    mine.addEventListener("open", () => {
      retryMs = FIRST_RETRY_MS;
      mine.send(JSON.stringify({ type: "resume", position }));
    });
    mine.addEventListener("message", (received) => {
      if (socket === mine) hear(JSON.parse(received.data));
    });
    mine.addEventListener("close", (closed) => {
      if (socket !== mine) return;
      socket = null;
      clearTimeout(silenceTimer);
      if (closed.code === NOT_LOGGED_IN) {
        say("out", "Logged out: reload to log in");
      } else {
        retryLater();
      }
    });
  };

  // The other side need not answer: without a network that would take as long as it likes.
  const leave = () => {
    clearTimeout(retryTimer);
    clearTimeout(silenceTimer);
    const left = socket;
    socket = null;
    left?.close(1000);
    if (left) say("waiting", "Paused: tab hidden");
  };

  const retryLater = () => {
    const waitMs = retryMs * (0.5 + Math.random());
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    say("lost", `Connection lost: trying again in ${Math.ceil(waitMs / 1000)} s`);
    retryTimer = setTimeout(connect, waitMs);
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) leave();
    else connect();
  });
  window.addEventListener("online", connect);
  window.addEventListener("pagehide", () => socket?.close(1000));
  window.addEventListener("pageshow", (shown) => shown.persisted && connect());
  connect();
})();
