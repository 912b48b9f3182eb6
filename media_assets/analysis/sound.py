"""What is heard: loudness every 100 ms, onsets, tempo and beats, silence."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from media_assets.analysis.columns import Samples

Floats = npt.NDArray[np.float32]

RATE_HZ = 22_050
HOP = 256  # 11.6 ms
WINDOW = 1024
BANDS = 24
STEP_MS = 100
SILENCE_DB = -50.0
TEMPO_BPM = (60.0, 190.0)
TEMPO_LIKED_BPM = 118.0  # people tap near two beats a second; settles half and double tempo
FAINTEST_ONSET = 0.05  # of log band energy; a steady tone wavers by 0.003, music by 0.4 and more
TIGHTNESS = 300.0  # how strictly beats keep the tempo (Ellis, 2007)
BLOCK = RATE_HZ * 4
LONGEST_GAP_S = 600


@dataclass(frozen=True)
class Sound:
    """What was heard. db: per 100 ms. onset: strength 0–1 per hop. beats_ms in time order.

    tempo_bpm and rhythm (how clear the pulse is, 0–1) are 0 where there is no pulse.
    """

    db: Floats
    onset: Floats
    beats_ms: npt.NDArray[np.int64]
    tempo_bpm: float
    rhythm: float

    @property
    def audible(self) -> bool:
        """Whether anything but silence was heard."""
        return bool(len(self.db)) and float(self.db.max()) > SILENCE_DB

    def db_between(self, start_ms: int, end_ms: int) -> Floats:
        """The loudness of a span, per 100 ms."""
        return self.db[start_ms // STEP_MS : max(start_ms // STEP_MS + 1, -(-end_ms // STEP_MS))]

    def onset_at(self, at_ms: float) -> float:
        """The strongest onset within 40 ms of a time."""
        centre, reach = at_ms / 1000 * RATE_HZ / HOP, 0.04 * RATE_HZ / HOP
        near = self.onset[max(0, int(centre - reach)) : max(0, int(centre + reach) + 1)]
        return float(near.max()) if len(near) else 0.0


SILENT = Sound(np.zeros(0, np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64), 0.0, 0.0)


class Listener:
    """Takes decoded audio as it comes, in time order; keeps curves, never the sound."""

    def __init__(self, origin_s: float) -> None:
        self._origin_s = origin_s
        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        self._pending: list[Floats] = []
        self._waiting = 0  # samples in `_pending`
        self._taken = 0  # samples placed on the clock so far
        self._power = Samples()
        self._bands = _band_matrix()
        self._last_bands = np.zeros(BANDS, np.float32)
        self._flux = Samples()
        self._step = RATE_HZ * STEP_MS // 1000
        self._tail = np.zeros(0, np.float32)

    def hear(self, frame: "av.AudioFrame | None") -> None:
        """The next decoded frame; None at the end."""
        if frame is not None and frame.pts is not None and frame.time_base is not None:
            self._fill_gap(frame.pts * frame.time_base)
        for ready in self._resampler.resample(frame):
            self._take(ready.to_ndarray().reshape(-1).astype(np.float32, copy=False))

    def _fill_gap(self, at: Fraction) -> None:
        """Silence where the file has no sound, so that sound and picture keep one clock."""
        missing = int((float(at) - self._origin_s) * RATE_HZ) - self._taken
        if RATE_HZ // 10 < missing < LONGEST_GAP_S * RATE_HZ:
            self._take(np.zeros(missing, np.float32))

    def _take(self, sound: Floats) -> None:
        self._taken += len(sound)
        self._waiting += len(sound)
        self._pending.append(sound)
        if self._waiting >= BLOCK:
            line = self._all_pending()
            while len(line) >= BLOCK:
                self._digest(line[:BLOCK])
                line = line[BLOCK:]
            self._pending, self._waiting = [line], len(line)

    def _all_pending(self) -> Floats:
        """In one piece; joined once per block, for a frame is a hundredth of one."""
        return np.nan_to_num(np.concatenate([np.zeros(0, np.float32), *self._pending]))

    def _digest(self, block: Floats) -> None:
        steps = len(block) // self._step
        if steps:
            self._power.extend(
                np.square(block[: steps * self._step]).reshape(steps, self._step).mean(axis=1)
            )
        line = np.concatenate([self._tail, block])
        count = max(0, (len(line) - WINDOW) // HOP + 1)
        if count:
            frames = np.lib.stride_tricks.sliding_window_view(line, WINDOW)[::HOP][:count]
            spectrum = np.abs(np.fft.rfft(frames * np.hanning(WINDOW).astype(np.float32), axis=1))
            bands = np.log1p(100 * spectrum.astype(np.float32) @ self._bands)
            before = np.vstack([self._last_bands[None], bands[:-1]])
            self._flux.extend(np.maximum(bands - before, 0).mean(axis=1))
            self._last_bands = bands[-1]
        self._tail = line[count * HOP :]

    def finish(self) -> Sound:
        """Everything heard, with tempo and beats."""
        self.hear(None)
        if self._waiting >= self._step:
            self._digest(self._all_pending())
        if not len(self._power):
            return SILENT
        db = (10 * np.log10(self._power.values + 1e-10)).astype(np.float32)
        onset = _normalised(self._flux.values)
        tempo, rhythm = tempo_of(onset)
        beats = beats_of(onset, tempo) if tempo else np.zeros(0, np.int64)
        if len(beats) > 8:  # the beats themselves tell the tempo more exactly than the correlation
            tempo = 60 * RATE_HZ / HOP / float(np.polyfit(np.arange(len(beats)), beats, 1)[0])
        # Where in its window a click makes the flux peak, measured on clicks at known times.
        centre_s = (WINDOW / 2 + HOP) / RATE_HZ
        beats_ms = np.round((beats * HOP / RATE_HZ + centre_s) * 1000).astype(np.int64)
        shift = round(centre_s * RATE_HZ / HOP)
        centred = np.concatenate([np.zeros(shift, np.float32), onset])
        return Sound(db, centred, beats_ms, round(tempo, 1), rhythm)


def _band_matrix() -> Floats:
    """(bins, BANDS): overlapping triangles, evenly spaced on a mel scale from 30 Hz to 10 kHz."""
    mel = np.linspace(_mel(30.0), _mel(10_000.0), BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    hz = np.arange(WINDOW // 2 + 1) * RATE_HZ / WINDOW
    rise = (hz[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - hz[:, None]) / (edges[2:] - edges[1:-1])
    weights = np.clip(np.minimum(rise, fall), 0, None)
    return (weights / (weights.sum(axis=0, keepdims=True) + 1e-9)).astype(np.float32)


def _mel(hz: float) -> float:
    return float(2595 * np.log10(1 + hz / 700))


def _normalised(flux: Floats) -> Floats:
    """Onset strength 0–1: what rises above its neighbourhood of half a second."""
    if len(flux) < 8:
        return np.zeros(len(flux), np.float32)
    reach = max(3, round(0.5 * RATE_HZ / HOP))
    usual = np.convolve(flux, np.ones(reach) / reach, mode="same")
    risen = np.maximum(flux - usual, 0)
    top = float(np.percentile(risen, 99.5))
    return np.clip(risen / top, 0, 1).astype(np.float32) if top > FAINTEST_ONSET else risen * 0


def tempo_of(onset: Floats) -> tuple[float, float]:
    """(beats per minute, how clear the pulse is 0–1); (0, 0) where there is none."""
    hops_per_s = RATE_HZ / HOP
    if len(onset) < 4 * hops_per_s or not onset.any():
        return 0.0, 0.0
    steady = onset - onset.mean()
    size = 1 << (2 * len(steady) - 1).bit_length()
    spectrum = np.fft.rfft(steady, size)
    correlation = np.fft.irfft(spectrum * np.conj(spectrum), size)[: len(steady)]
    correlation /= correlation[0] + 1e-9
    shortest = int(60 / TEMPO_BPM[1] * hops_per_s)
    longest = min(int(60 / TEMPO_BPM[0] * hops_per_s) + 1, len(correlation) // 4)
    if longest <= shortest + 2:
        return 0.0, 0.0
    lags = np.arange(shortest, longest)
    # A true pulse also repeats after two and four beats.
    strength = sum(
        weight
        * np.array([correlation[max(0, m * lag - m) : m * lag + m + 1].max() for lag in lags])
        for m, weight in ((1, 1.0), (2, 0.5), (4, 0.25))
        if m * longest + m < len(correlation)
    )
    bpm = 60 * hops_per_s / lags
    liked = np.exp(-0.5 * (np.log2(bpm / TEMPO_LIKED_BPM) / 0.7) ** 2)
    best = int(lags[int(np.argmax(strength * liked))])
    # Many beats later the same lag is known more finely.
    fine = float(best)
    step = 1
    while 2 * step * best + 2 * step < len(correlation) // 2 and step < 32:
        step *= 2
        centre = round(fine * step)
        near = correlation[centre - 2 : centre + 3]
        fine = (centre - 2 + int(np.argmax(near))) / step
    clarity = float(np.clip(correlation[best - 1 : best + 2].max() * 1.6, 0, 1))
    if clarity < 0.2:
        return 0.0, 0.0
    return float(60 * hops_per_s / fine), clarity


def beats_of(onset: Floats, tempo_bpm: float) -> npt.NDArray[Any]:
    """Hops of the beats, by dynamic programming (Ellis, Beat Tracking by Dynamic Programming, 2007)."""
    period = 60 * RATE_HZ / HOP / tempo_bpm
    score = onset.astype(np.float64) / (float(onset.std()) + 1e-9)
    came_from = np.full(len(onset), -1, np.int64)
    offsets = np.arange(-round(2 * period), -round(period / 2) + 1)
    price = -TIGHTNESS * np.log(-offsets / period) ** 2
    for at in range(round(2 * period), len(onset)):
        ways = score[at + offsets] + price
        best = int(np.argmax(ways))
        score[at] += ways[best]
        came_from[at] = at + offsets[best]
    last = len(onset) - 1 - int(np.argmax(score[: -round(period) - 1 : -1]))
    beats = [last]
    while came_from[beats[-1]] >= 0:
        beats.append(int(came_from[beats[-1]]))
    first = float(beats[-1])
    while first - period > 0:  # the part before the chain could begin
        first -= period
        beats.append(round(first))
    return np.array(beats[::-1], np.int64)
