// Times as people write them, and the frames of a film. Pure: no page is touched.

// "1:05.300", "65.3" or "1:02:03" → milliseconds; null for what is no time.
export function parseTimecode(text) {
  const parts = text.trim().replace(",", ".").split(":");
  const whole = parts.slice(0, -1);
  if (parts.length > 3 || !/^\d+(\.\d*)?$|^\.\d+$/.test(parts.at(-1))) return null;
  if (!whole.every((part) => /^\d+$/.test(part))) return null;
  const seconds = parts.reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round(seconds * 1000);
}

// 65300 → "01:05.300"; hours only where there are some.
export function formatTimecode(ms) {
  const two = (number) => String(number).padStart(2, "0");
  const at = Math.max(0, Math.round(ms));
  const hours = Math.floor(at / 3_600_000);
  const rest = `${two(Math.floor(at / 60_000) % 60)}:${two(Math.floor(at / 1000) % 60)}`;
  return `${hours ? `${hours}:` : ""}${rest}.${String(at % 1000).padStart(3, "0")}`;
}

// 65300 → "1 minute 5.3 seconds", for screen readers.
export function spokenTime(ms) {
  const minutes = Math.floor(ms / 60_000);
  const seconds = `${Number(((ms % 60_000) / 1000).toFixed(3))} seconds`;
  return minutes ? `${minutes} minute${minutes > 1 ? "s" : ""} ${seconds}` : seconds;
}

// The times at which a clip may begin or end: where each frame begins, and where the last one ends.
export class Frames {
  constructor(compact, endMs) {
    this.count = compact.count;
    this.edges = new Float64Array(this.count + 1);
    let at = 0;
    for (let k = 0; k < this.count; k += 1) {
      if (compact.rate) {
        const [n, d] = compact.rate;
        this.edges[k] = Math.floor(compact.first_us / 1000 + k * ((1000 * d) / n) + 0.5);
      } else {
        at += compact.gaps_ms[k];
        this.edges[k] = at;
      }
    }
    this.edges[this.count] = Math.max(endMs, this.edges[this.count - 1] + 1);
  }

  at(index) {
    return this.edges[Math.min(Math.max(index, 0), this.count)];
  }

  // Index of the frame that is shown at a time.
  shownAt(ms) {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.edges[middle] <= ms) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // Index of the nearest edge.
  nearest(ms) {
    const before = this.shownAt(ms);
    return ms - this.edges[before] <= this.edges[before + 1] - ms ? before : before + 1;
  }

  // A time at which a player surely shows this frame: its middle.
  middleOf(index) {
    return (this.at(index) + this.at(index + 1)) / 2;
  }
}
