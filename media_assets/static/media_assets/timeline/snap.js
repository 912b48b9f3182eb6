// Where marks like to be: shots before beats before pauses, always on a real frame. Pure.

// How near, in pixels, a mark has to be; the stronger kind wins where several are.
const REACH_PX = { shot: 14, beat: 8, pause: 8 };
export const WORDS = { shot: "a shot boundary", beat: "a beat", pause: "a pause" };

// [{index, ms, kind, opens}] in time order, one per frame edge, of the strongest kind that falls on
// it; opens: a shot begins there. Within a dissolve is no good place: its two ends are marks.
export function marksOf(data, frames) {
  const found = new Map();
  const add = (ms, kind, opens = false) => {
    const index = frames.nearest(ms);
    const mark = found.get(index);
    if (!mark) found.set(index, { index, ms: frames.at(index), kind, opens });
    else mark.opens ||= opens;
  };
  const middles = new Set(data.transitions.map((change) => change.at_ms));
  for (const change of data.transitions) {
    add(change.start_ms, "shot");
    add(change.end_ms, "shot", true);
  }
  for (const shot of data.shots) {
    if (!middles.has(shot.start_ms)) add(shot.start_ms, "shot", true);
    if (!middles.has(shot.end_ms)) add(shot.end_ms, "shot");
  }
  for (const beat of data.beats_ms) add(beat, "beat");
  for (const [start, end] of data.pauses_ms) {
    add(start, "pause");
    add((start + end) / 2, "pause");
    add(end, "pause");
  }
  return [...found.values()].sort((a, b) => a.ms - b.ms);
}

// The mark that a time snaps to, or null.
export function snapTo(ms, marks, pxPerMs) {
  const far = (mark) => Math.abs(mark.ms - ms);
  for (const [kind, reachPx] of Object.entries(REACH_PX)) {
    const near = marks.filter((mark) => mark.kind === kind && far(mark) * pxPerMs <= reachPx);
    if (near.length) return near.reduce((best, mark) => (far(mark) < far(best) ? mark : best));
  }
  return null;
}

// The next mark after (direction 1) or before (−1) a time, or the next that opens; null at the end.
export function nextMark(marks, ms, direction, onlyOpening = false) {
  const wanted = (mark) => (mark.opens || !onlyOpening) && (mark.ms - ms) * direction > 0;
  return (direction > 0 ? marks.find(wanted) : marks.findLast(wanted)) ?? null;
}
