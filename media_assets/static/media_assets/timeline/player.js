// The film's player: shows an exact frame, plays forwards and backwards, or says why it cannot.

const BACKWARDS_EVERY_MS = 125;
const FASTEST = 4;

export class Player {
  // onTime(ms) while it moves by itself, onBroken() when this browser cannot play the file.
  constructor(video, frames, { onTime, onBroken }) {
    Object.assign(this, { video, frames, onTime, onBroken, backwards: 0, stopMs: null, broken: false });
    video.addEventListener("play", () => this.#follow());
    video.addEventListener("pause", () => this.#tell());
    const broke = () => {
      if (this.broken) return;
      this.broken = true;
      onBroken();
    };
    video.addEventListener("error", broke);
    const hasPicture = () => video.readyState === 0 || video.videoWidth || broke(); // not only sound
    video.addEventListener("loadedmetadata", hasPicture);
    if (video.error) broke();
    else hasPicture();
  }

  get moving() {
    return this.backwards > 0 || !this.video.paused;
  }

  // Shows one frame.
  show(index) {
    const at = this.frames.middleOf(index) / 1000;
    if (!this.broken && Math.abs(this.video.currentTime - at) > 0.0005) this.video.currentTime = at;
  }

  // Plays on, faster each time while it plays already; until stopMs where given.
  play(stopMs = null) {
    const faster = !this.video.paused && stopMs === null;
    this.#endBackwards();
    this.stopMs = stopMs;
    this.video.playbackRate = faster ? Math.min(this.video.playbackRate * 2, FASTEST) : 1;
    this.video.play().catch(() => {}); // it was paused again, or cannot be played: that is told
  }

  // Browsers cannot play backwards: steps back by frames, faster each time.
  playBackwards() {
    if (this.broken) return;
    const speed = Math.min((this.backwards || 0.5) * 2, FASTEST);
    this.pause();
    this.backwards = speed;
    this.timer = setInterval(() => {
      if (this.video.seeking) return;
      this.video.currentTime = Math.max(0, this.video.currentTime - (BACKWARDS_EVERY_MS / 1000) * speed);
      this.#tell();
      if (this.video.currentTime <= 0) this.pause();
    }, BACKWARDS_EVERY_MS);
  }

  pause() {
    this.#endBackwards();
    this.stopMs = null;
    this.video.pause();
  }

  #endBackwards() {
    clearInterval(this.timer);
    this.backwards = 0;
  }

  #tell() {
    this.onTime(this.video.currentTime * 1000);
  }

  #follow() {
    const step = () => {
      if (this.video.paused) return;
      this.#tell();
      if (this.stopMs !== null && this.video.currentTime * 1000 >= this.stopMs) this.pause();
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }
}
