// Paints what is seen of the time line: ruler, filmstrip, waveform, shot and beat marks.

import { formatTimecode } from "./time.js";
import { tickMs } from "./view.js";

export const LANES = { ruler: 22, film: 54, wave: 56, beats: 16 }; // heights in pixels, downwards
export const HEIGHT_PX = Object.values(LANES).reduce((sum, height) => sum + height);
const FILM_Y = LANES.ruler;
const WAVE_Y = FILM_Y + LANES.film;
const BEATS_Y = WAVE_Y + LANES.wave;

// canvas shows [scrollPx, scrollPx + its width) of the time line; sheet: the filmstrip's picture.
export function paint(canvas, { view, scrollPx, data, sheet }) {
  const style = getComputedStyle(canvas);
  const colour = (name) => style.getPropertyValue(`--tl-${name}`).trim();
  const width = view.widthPx;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(HEIGHT_PX * ratio);
  const ink = canvas.getContext("2d");
  ink.scale(ratio, ratio);
  ink.clearRect(0, 0, width, HEIGHT_PX);
  const x = (ms) => view.toPx(ms) - scrollPx;
  const seen = ({ start_ms: a, end_ms: b }) => x(b) >= 0 && x(a) <= width;
  const band = (span, top, height) => {
    const left = Math.max(x(span.start_ms), -1);
    ink.fillRect(left, top, Math.max(1, Math.min(x(span.end_ms), width + 1) - left), height);
  };

  film(ink, { view, scrollPx, strip: data.filmstrip, sheet, width, ground: colour("ground") });
  for (const span of data.avoid.filter(seen)) {
    ink.fillStyle = colour("avoid");
    if (span.kind.endsWith("box")) band(span, FILM_Y, 4);
    else band(span, FILM_Y, LANES.film);
  }
  ink.fillStyle = colour("pause");
  for (const [start_ms, end_ms] of data.pauses_ms) {
    if (seen({ start_ms, end_ms })) band({ start_ms, end_ms }, WAVE_Y, LANES.wave);
  }
  wave(ink, { view, scrollPx, waveform: data.waveform, width, ground: colour("ground"), colour: colour("wave") });
  ink.fillStyle = colour("beat");
  for (const ms of data.beats_ms) {
    if (x(ms) > -1 && x(ms) < width + 1) ink.fillRect(x(ms) - 0.75, BEATS_Y + 3, 1.5, LANES.beats - 6);
  }
  ink.fillStyle = colour("transition");
  for (const change of data.transitions.filter(seen)) band(change, FILM_Y, LANES.film + LANES.wave);
  ink.fillStyle = colour("shot");
  for (const shot of data.shots) {
    const at = x(shot.start_ms);
    if (shot.begins === "cut" && at > -2 && at < width + 2) {
      ink.fillRect(at - 1, FILM_Y, 2, HEIGHT_PX - FILM_Y);
    }
  }
  ruler(ink, { view, scrollPx, width, colour: colour("ruler") });
}

function film(ink, { view, scrollPx, strip, sheet, width, ground }) {
  ink.fillStyle = ground;
  ink.fillRect(0, FILM_Y, width, LANES.film);
  if (!strip || !sheet) return;
  const { tile_width_px: w, tile_height_px: h, columns, times_ms: times } = strip;
  const step = (LANES.film * w) / h;
  for (let at = Math.floor(scrollPx / step) * step; at < scrollPx + width; at += step) {
    const tile = tileAt(times, view.toMs(at + step / 2));
    const [column, row] = [tile % columns, Math.floor(tile / columns)];
    ink.drawImage(sheet, column * w, row * h, w, h, at - scrollPx, FILM_Y, step - 1, LANES.film);
  }
}

// Index of the picture nearest in time.
export function tileAt(times, ms) {
  const later = times.findIndex((at, k) => k + 1 === times.length || (at + times[k + 1]) / 2 >= ms);
  return Math.max(later, 0);
}

function wave(ink, { view, scrollPx, waveform: { peaks, step_ms: step }, width, ground, colour }) {
  ink.fillStyle = ground;
  ink.fillRect(0, BEATS_Y - 1, width, 1);
  ink.fillStyle = colour;
  const middle = WAVE_Y + LANES.wave / 2;
  for (let px = 0; px < width && peaks.length; px += 2) {
    const first = Math.floor(view.toMs(scrollPx + px) / step);
    const last = Math.max(first + 1, Math.ceil(view.toMs(scrollPx + px + 2) / step));
    let loud = 0;
    for (let k = first; k < last && k < peaks.length; k += 1) loud = Math.max(loud, peaks[k]);
    const half = (loud / 100) * (LANES.wave / 2 - 3);
    ink.fillRect(px, middle - half, 1.5, Math.max(1, 2 * half));
  }
}

function ruler(ink, { view, scrollPx, width, colour }) {
  const step = tickMs(view.pxPerMs);
  ink.fillStyle = colour;
  ink.font = "11px Inter, sans-serif";
  for (let ms = Math.floor(view.toMs(scrollPx) / step) * step; ms <= view.endMs; ms += step) {
    const at = view.toPx(ms) - scrollPx;
    if (at > width) break;
    ink.fillRect(at, LANES.ruler - 6, 1, 6);
    ink.fillText(formatTimecode(ms).slice(0, step < 1000 ? undefined : -4), at + 4, LANES.ruler - 8);
  }
}
