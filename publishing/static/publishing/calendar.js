// Moving posts on the calendar, by mouse and by key. The page is complete without it: "Move" opens a form.
//
// Days are counted here, times of the day are not: the server knows the clocks of the zone and what
// they do that day, and says in words what came of it.
const page = document.querySelector("[data-pc]");
const says = page.querySelector("[data-says]");
const byHour = page.hasAttribute("data-by-hour");
const token = page.querySelector("[data-token] [name=csrfmiddlewaretoken]").value;
const DAY_MS = 86400000;
const STEPS = byHour
  ? { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
  : { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [-7, 0], ArrowDown: [7, 0] };
const words = new Intl.DateTimeFormat("en", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });

let moving = null; // { entry, day, hour }: what the keys have chosen so far
let dragged = null;
let busy = false;

const say = (text) => { says.textContent = text; };
const grid = () => page.querySelector("[data-grid]");
const cellOf = ({ day, hour }) =>
  grid().querySelector(`td[data-day="${day}"]` + (byHour ? `[data-hour="${hour}"]` : ""));
const placeOf = (entry) => {
  const { day, hour } = entry.closest("td").dataset;
  return { day, hour: byHour ? Number(hour) : null };
};
const later = (day, days) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

const mark = (place) => {
  grid().querySelectorAll(".pc-target").forEach((each) => each.classList.remove("pc-target"));
  if (place) cellOf(place)?.classList.add("pc-target");
};

const stop = () => {
  moving = null;
  mark(null);
};

// --- Telling the server, and showing what it made of it -------------------------------------------

const refresh = async (id) => {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  grid().replaceWith(fresh.querySelector("[data-grid]"));
  ready();
  const link = grid().querySelector(`[data-entry="${id}"] .pc-move`);
  (link || says).focus(); // it may have gone to another month
};

const move = async (entry, place) => {
  if (busy) return;
  busy = true;
  stop();
  const body = new FormData();
  body.set("day", place.day);
  if (byHour) body.set("hour", place.hour);
  body.set("zone", page.dataset.zone);
  try {
    const answer = await fetch(entry.dataset.to, {
      method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token },
    });
    const kind = answer.headers.get("Content-Type") || "";
    if (!kind.startsWith("application/json")) throw new Error(answer.status);
    const told = await answer.json();
    if (answer.ok) await refresh(entry.dataset.entry);
    say(answer.ok ? told.message : `Not moved. ${told.message}`);
  } catch {
    say("The server did not answer as it should. Reload the page to see how things stand.");
  } finally {
    busy = false;
  }
};

// --- Keys -----------------------------------------------------------------------------------------

const choose = (entry, [days, hours]) => {
  const from = moving?.entry === entry ? moving : placeOf(entry);
  let { day, hour } = from;
  day = later(day, days);
  if (byHour) {
    hour += hours;
    if (hour < 0 || hour > 23) { day = later(day, hour < 0 ? -1 : 1); hour = (hour + 24) % 24; }
  }
  moving = { entry, day, hour };
  mark(moving);
  const when = words.format(new Date(day)) + (byHour ? `, ${String(hour).padStart(2, "0")} hours` : "");
  say(`${entry.dataset.name}: ${when}. Enter moves it there, Escape leaves it.`);
};

page.addEventListener("keydown", (event) => {
  const entry = event.target.closest(".pc-move")?.closest("[data-movable]");
  if (!entry || event.altKey || event.ctrlKey || event.metaKey) return;
  if (STEPS[event.key]) {
    event.preventDefault();
    choose(entry, STEPS[event.key]);
  } else if (event.key === "Enter" && moving?.entry === entry) {
    event.preventDefault();
    move(entry, moving);
  } else if (event.key === "Escape" && moving) {
    stop();
    say(`${entry.dataset.name} stays where it is.`);
  }
});
page.addEventListener("focusout", (event) => {
  if (moving && event.target.closest("[data-entry]") === moving.entry && !busy) stop();
});

// --- The mouse ------------------------------------------------------------------------------------

const ready = () => grid().querySelectorAll("[data-movable]").forEach((each) => { each.draggable = true; });

page.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-movable]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.name);
});
page.addEventListener("dragover", (event) => {
  const cell = dragged && event.target.closest("td[data-day]");
  if (!cell) return;
  event.preventDefault();
  mark({ day: cell.dataset.day, hour: cell.dataset.hour });
});
page.addEventListener("drop", (event) => {
  const cell = dragged && event.target.closest("td[data-day]");
  if (!cell) return;
  event.preventDefault();
  const entry = dragged;
  const place = { day: cell.dataset.day, hour: cell.dataset.hour };
  const was = placeOf(entry);
  if (place.day === was.day && (!byHour || Number(place.hour) === was.hour)) stop();
  else move(entry, place);
});
page.addEventListener("dragend", () => { dragged = null; mark(null); });

ready();
