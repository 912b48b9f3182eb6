// Between milliseconds and pixels. Pure: no page is touched.

const CLOSEST_PX_PER_MS = 1; // a frame is then about forty pixels wide
const WIDEST_PX = 8_000_000; // browsers lay out no more than about twice that

export class View {
  constructor(endMs, widthPx) {
    this.endMs = endMs;
    this.resize(widthPx);
    this.pxPerMs = this.least;
  }

  resize(widthPx) {
    const fitted = this.pxPerMs === undefined || this.pxPerMs <= this.least * 1.001;
    this.widthPx = Math.max(widthPx, 50);
    this.least = this.widthPx / this.endMs; // the whole film is seen
    this.most = Math.max(this.least, Math.min(CLOSEST_PX_PER_MS, WIDEST_PX / this.endMs));
    this.pxPerMs = fitted ? this.least : this.clamped(this.pxPerMs);
  }

  clamped(pxPerMs) {
    return Math.min(Math.max(pxPerMs, this.least), this.most);
  }

  get contentPx() {
    return Math.max(this.widthPx, Math.round(this.endMs * this.pxPerMs));
  }

  toPx(ms) {
    return ms * this.pxPerMs;
  }

  toMs(px) {
    return Math.min(Math.max(px / this.pxPerMs, 0), this.endMs);
  }

  // Zooms so that the time under a place stays there; gives the new scroll position.
  zoom(factor, placePx, scrollPx) {
    const ms = this.toMs(scrollPx + placePx);
    this.pxPerMs = this.clamped(this.pxPerMs * factor);
    return Math.max(0, this.toPx(ms) - placePx);
  }

  // Zooms so that a span fills most of the width; gives the new scroll position.
  show(startMs, endMs) {
    this.pxPerMs = this.clamped((this.widthPx * 0.8) / Math.max(endMs - startMs, 1));
    return Math.max(0, this.toPx((startMs + endMs) / 2) - this.widthPx / 2);
  }
}

// A distance between the ticks of a ruler that is round and at least `leastPx` wide.
export function tickMs(pxPerMs, leastPx = 80) {
  const steps = [40, 100, 200, 500];
  for (const s of [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600]) steps.push(s * 1000);
  return steps.find((step) => step * pxPerMs >= leastPx) ?? 3_600_000;
}
