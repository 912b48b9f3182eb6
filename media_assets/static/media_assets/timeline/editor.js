// The time line of a video: marks by mouse, touch and keyboard. The form below it works without this.

import { HEIGHT_PX, paint } from "./draw.js";
import { Player } from "./player.js";
import { WORDS, marksOf, nextMark, snapTo } from "./snap.js";
import { Frames, formatTimecode, parseTimecode, spokenTime } from "./time.js";
import { View } from "./view.js";

const ROW_PX = 26; // of a lane of bars
const KNOB_PX = 26; // the handle of a mark; near the ends it points inwards
const STILL_AFTER_MS = 150; // a frame is fetched when the hand rests so long

const root = document.querySelector("[data-timeline]");
const part = (name) => root.querySelector(`[data-tl=${name}]`);
const say = (text) => (part("says").textContent = text);
const form = part("form");
const fields = form.elements;

try {
  const answer = await fetch(root.dataset.url, { headers: { Accept: "application/json" } });
  const data = await answer.json();
  if (answer.ok) edit(data);
  else say(`${data.message} The form below works all the same.`);
} catch (error) {
  say("The time line could not be loaded. The form below works all the same.");
  throw error;
}

function edit(data) {
  const frames = new Frames(data.frames, data.end_ms);
  const marks = marksOf(data, frames);
  const kindAt = new Map(marks.map((mark) => [mark.index, mark.kind]));
  const state = { in: 0, out: frames.count, at: 0, snapping: true };
  const scroller = part("scroller");
  const handles = Object.fromEntries(["in", "out", "at"].map((name) => [name, part(name)]));
  root.classList.add("tl-live");
  const view = new View(data.end_ms, scroller.clientWidth);
  const player = new Player(part("video"), frames, {
    onTime(ms) {
      state.at = frames.shownAt(ms + 0.01);
      if (player.moving) keepInSight(frames.at(state.at));
      else look(state.at);
      place();
    },
    onBroken: () => root.classList.add("tl-still"),
  });
  let sheet = null;
  let stillTimer = 0;

  // --- Showing ---------------------------------------------------------------------------------

  let due = 0;
  const repaint = () => {
    due ||= requestAnimationFrame(() => {
      due = 0;
      paint(part("canvas"), { view, scrollPx: scroller.scrollLeft, data, sheet });
    });
  };

  function layOut() {
    view.resize(scroller.clientWidth);
    part("content").style.width = `${view.contentPx}px`;
    part("canvas").style.width = `${view.widthPx}px`;
    for (const bar of part("bars").children) {
      bar.style.left = `${view.toPx(bar.span.start_ms)}px`;
      bar.style.width = `${view.toPx(bar.span.end_ms - bar.span.start_ms)}px`;
    }
    place();
    repaint();
  }

  function place() {
    for (const [name, handle] of Object.entries(handles)) {
      const ms = frames.at(state[name]);
      const px = view.toPx(ms);
      handle.style.left = `${px}px`;
      handle.classList.toggle("tl-inward", name === "in" ? px < KNOB_PX : px > view.contentPx - KNOB_PX);
      handle.setAttribute("aria-valuemax", data.end_ms);
      handle.setAttribute("aria-valuenow", ms);
      const where = WORDS[kindAt.get(state[name])];
      handle.setAttribute("aria-valuetext", spokenTime(ms) + (where ? `, on ${where}` : ""));
    }
    const [start, end] = [frames.at(state.in), frames.at(state.out)];
    part("span").style.left = `${view.toPx(start)}px`;
    part("span").style.width = `${view.toPx(end - start)}px`;
    part("clock").textContent = formatTimecode(frames.at(state.at));
  }

  function tell() {
    const [start, end] = [frames.at(state.in), frames.at(state.out)];
    for (const [name, ms, index] of [["start", start, state.in], ["end", end, state.out]]) {
      fields[name].value = formatTimecode(ms);
      fields[name].setCustomValidity("");
      const where = WORDS[kindAt.get(index)];
      part(`${name}-where`).textContent = where ? `On ${where}.` : "On a frame.";
    }
    const long = end - start;
    part("length").textContent = `${formatTimecode(long)}, ${state.out - state.in} frames`;
    const warning = warnings(start, end).join(" ");
    if (part("warning").textContent !== warning) part("warning").textContent = warning;
    if (part("submit")) part("submit").textContent = fields.clip?.value ? "Move the marks" : "Create clip";
  }

  function warnings(start, end) {
    const { shortest_ms, longest_ms, usual_min_ms, usual_max_ms } = data.limits;
    const long = end - start;
    const seconds = (ms) => `${Number((ms / 1000).toFixed(1))} s`;
    const said = [];
    if (long < shortest_ms) said.push(`Too short: a clip has at least ${seconds(shortest_ms)}.`);
    else if (long < usual_min_ms) said.push(`Shorter than usual (${seconds(usual_min_ms)}).`);
    if (long > longest_ms) said.push(`Too long: a clip has at most ${seconds(longest_ms)}.`);
    else if (long > usual_max_ms) said.push(`Longer than usual (${seconds(usual_max_ms)}).`);
    for (const kind of ["black", "frozen"]) {
      const inside = data.avoid
        .filter((span) => span.kind === kind)
        .reduce((sum, s) => sum + Math.max(0, Math.min(s.end_ms, end) - Math.max(s.start_ms, start)), 0);
      if (inside > 0) said.push(`${seconds(inside)} of it ${kind === "black" ? "black" : "frozen"}.`);
    }
    return said;
  }

  function keepInSight(ms) {
    const px = view.toPx(ms) - scroller.scrollLeft;
    if (px < 0 || px > view.widthPx) scroller.scrollLeft = view.toPx(ms) - view.widthPx / 4;
  }

  function zoomTo(scrollPx) {
    layOut();
    scroller.scrollLeft = scrollPx;
    repaint();
  }

  const zoom = (factor) => {
    const ms = frames.at(state.at);
    const px = view.toPx(ms) - scroller.scrollLeft;
    zoomTo(view.zoom(factor, px >= 0 && px <= view.widthPx ? px : view.widthPx / 2, scroller.scrollLeft));
  };

  // --- Moving ----------------------------------------------------------------------------------

  function look(index) {
    state.at = Math.min(Math.max(index, 0), frames.count - 1);
    if (player.moving) player.pause();
    player.show(state.at);
    if (player.broken) {
      clearTimeout(stillTimer);
      const url = `${root.dataset.stills}?at_ms=${frames.at(state.at)}`;
      stillTimer = setTimeout(() => (part("still").src = url), STILL_AFTER_MS);
    }
  }

  // Sets a mark to a frame edge. push: the other mark gives way, as the length of the clip allows.
  function move(name, index, { push = false } = {}) {
    const last = frames.count;
    if (name === "at") look(index);
    else if (name === "in") {
      const length = state.out - state.in;
      state.in = Math.min(Math.max(index, 0), push ? last - 1 : state.out - 1);
      if (state.out <= state.in) state.out = Math.min(last, state.in + length);
      look(state.in);
    } else {
      const length = state.out - state.in;
      state.out = Math.max(Math.min(index, last), push ? 1 : state.in + 1);
      if (state.in >= state.out) state.in = Math.max(0, state.out - length);
      look(state.out - 1);
    }
    place();
    tell();
  }

  function take({ start_ms, end_ms }) {
    state.in = frames.nearest(start_ms);
    state.out = Math.max(frames.nearest(end_ms), state.in + 1);
    move("in", state.in);
    keepInSight(start_ms);
  }

  function step(name, direction, far) {
    const mark = far && state.snapping && nextMark(marks, frames.at(state[name]), direction);
    move(name, mark ? mark.index : state[name] + direction * (far ? 10 : 1));
    keepInSight(frames.at(state[name]));
  }

  function toShot(direction) {
    const mark = nextMark(marks, frames.at(state.at), direction, true);
    move("at", mark ? mark.index : direction > 0 ? frames.count - 1 : 0);
    keepInSight(frames.at(state.at));
  }

  function snapping(on) {
    state.snapping = on;
    part("snapping").setAttribute("aria-pressed", on);
  }

  // --- Mouse, pen and touch ----------------------------------------------------------------------

  function drag(event, name) {
    if (event.button) return;
    const target = event.currentTarget;
    const follow = (moved) => {
      const ms = view.toMs(moved.clientX - part("content").getBoundingClientRect().left);
      const mark = state.snapping && snapTo(ms, marks, view.pxPerMs);
      move(name, mark ? mark.index : frames.nearest(ms));
    };
    target.setPointerCapture(event.pointerId);
    target.addEventListener("pointermove", follow);
    const end = () => target.removeEventListener("pointermove", follow);
    target.addEventListener("pointerup", end, { once: true });
    target.addEventListener("pointercancel", end, { once: true });
    handles[name].focus({ preventScroll: true });
    event.preventDefault();
    if (name === "at") follow(event);
  }
  for (const [name, handle] of Object.entries(handles)) {
    handle.addEventListener("pointerdown", (event) => drag(event, name));
  }
  part("canvas").addEventListener("pointerdown", (event) => drag(event, "at"));
  part("canvas").addEventListener("dblclick", () => {
    const ms = frames.at(state.at);
    take(data.shots.find((shot) => shot.start_ms <= ms && ms < shot.end_ms) ?? data.shots[0]);
  });
  scroller.addEventListener("scroll", repaint);
  const onWheel = (event) => {
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return; // scrolls
    event.preventDefault();
    const placePx = event.clientX - scroller.getBoundingClientRect().left;
    zoomTo(view.zoom(Math.exp(-event.deltaY * 0.002), placePx, scroller.scrollLeft));
  };
  scroller.addEventListener("wheel", onWheel, { passive: false });

  // --- Keys and buttons --------------------------------------------------------------------------

  const acts = {
    play: () => (player.moving ? player.pause() : player.play()),
    k: () => player.pause(),
    l: () => player.play(),
    j: () => player.playBackwards(),
    p: () => {
      move("in", state.in);
      player.play(frames.at(state.out) - 1);
    },
    i: () => move("in", state.at, { push: true }),
    o: () => move("out", state.at + 1, { push: true }),
    n: () => toShot(1),
    N: () => toShot(-1),
    s: () => snapping(!state.snapping),
    "+": () => zoom(1.5),
    "-": () => zoom(1 / 1.5),
    0: () => zoomTo(view.zoom(0, 0, 0)),
    z: () => zoomTo(view.show(frames.at(state.in), frames.at(state.out))),
  };
  for (const button of root.querySelectorAll("button[data-act]")) {
    button.addEventListener("click", () => acts[button.dataset.act]());
  }
  root.addEventListener("keydown", (event) => {
    const { key, target, shiftKey } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, select, textarea")) return;
    const pressed = target.closest("button, a, summary, video") && [" ", "Enter"].includes(key);
    if (pressed) return;
    const name = target.dataset.tl in handles ? target.dataset.tl : "at";
    const act =
      {
        ArrowLeft: () => step(name, -1, shiftKey),
        ArrowRight: () => step(name, 1, shiftKey),
        Home: () => step(name, -Infinity),
        End: () => step(name, Infinity),
        Enter: () => part("submit") && form.requestSubmit(),
        " ": acts.play,
      }[key] ?? (key.length === 1 && (acts[key] ?? acts[key.toLowerCase()]));
    if (!act) return;
    event.preventDefault();
    act();
  });
  for (const [field, name] of [["start", "in"], ["end", "out"]]) {
    fields[field].addEventListener("change", () => {
      const ms = parseTimecode(fields[field].value);
      fields[field].setCustomValidity(ms === null ? "Write a time as 01:05.300." : "");
      if (ms === null) fields[field].reportValidity();
      else move(name, frames.nearest(ms), { push: true });
    });
  }
  fields.clip?.addEventListener("change", () => {
    const clip = data.clips.find((each) => each.id === fields.clip.value);
    if (clip) take(clip);
    tell();
  });

  // --- Clips and alternatives as bars --------------------------------------------------------------

  const ends = [];
  const shown = data.clips.filter((clip) => clip.status === "ready" || clip.id === fields.clip?.value);
  for (const span of [...shown, ...data.alternatives]) {
    let row = ends.findIndex((end) => end <= span.start_ms);
    if (row < 0) row = ends.length;
    ends[row] = span.end_ms;
    const bar = document.createElement("button");
    const name = span.id ? span.title || "Clip" : "Alternative";
    bar.type = "button";
    bar.className = `tl-bar ${span.id ? "tl-clip" : "tl-ghost"}`;
    bar.span = span;
    bar.textContent = `${name} · ${Math.round(span.visual_score * 100)}`;
    const words = `${name}, ${formatTimecode(span.start_ms)} to ${formatTimecode(span.end_ms)}`;
    bar.setAttribute("aria-label", `${words}, score ${Math.round(span.visual_score * 100)}: take its marks`);
    bar.title = [words, ...span.reasons].join("\n");
    bar.style.top = `${row * ROW_PX}px`;
    bar.addEventListener("click", () => {
      if (fields.clip) fields.clip.value = "";
      take(span);
    });
    part("bars").append(bar);
  }
  part("bars").style.height = `${ends.length * ROW_PX}px`;

  // --- Beginning -----------------------------------------------------------------------------------

  part("canvas").style.height = `${HEIGHT_PX}px`;
  if (data.filmstrip) {
    const picture = new Image();
    picture.addEventListener("load", () => {
      sheet = picture;
      repaint();
    });
    picture.src = data.filmstrip.jpeg_url;
  }
  new ResizeObserver(layOut).observe(scroller);
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["class"] });
  layOut();
  take({ start_ms: parseTimecode(fields.start.value) ?? 0, end_ms: parseTimecode(fields.end.value) ?? data.end_ms });
  snapping(true);
  handles.at.focus({ preventScroll: true });
  root.dataset.ready = "";
}
