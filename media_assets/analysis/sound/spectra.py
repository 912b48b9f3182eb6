"""What is measured on short windows of the sound, every HOP samples at OUT_HZ."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from media_assets.analysis.series import Long, Series
from media_assets.analysis.sound.blocks import OUT_HZ

Floats = npt.NDArray[np.float32]

HOP = 256  # 11.6 ms
WINDOW = 1024
HOPS_A_SECOND = OUT_HZ / HOP
BANDS = 36
ROWS_AT_ONCE = 12
BACK = 2  # an onset is a rise against the window this many hops before
LOW_BANDS = 6  # below about 250 Hz: what a bass drum does
LOWEST_HZ, HIGHEST_HZ = 30.0, 10_000.0
HELD_HOPS = round(0.2 * HOPS_A_SECOND)


@dataclass(frozen=True)
class Curves:
    """A value per hop in every curve; window i is centred on sample i · HOP.

    flux, low_flux: rise of the log band energies, of all and of the deep ones (float32). level: dB of
    the window. flatness: 0 for a tone, 1 for noise. deep: share of the energy below 150 Hz. held: how
    much of the spectrum was there 0.2 s before, 0–1 (all float16).
    """

    flux: Long
    low_flux: Long
    level: Long
    flatness: Long
    deep: Long
    held: Long


class Spectra:
    """Takes sound at OUT_HZ piece by piece, in time order."""

    def __init__(self) -> None:
        self._curves = [Series(kind) for kind in (*[np.float32] * 2, *[np.float16] * 4)]
        self._tail = np.zeros(WINDOW // 2, np.float32)
        self._window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
        self._matrix = band_matrix()
        self._last = np.zeros((HELD_HOPS, BANDS), np.float32)
        self._middle = slice(_bin(100), _bin(8000))
        self._deep = slice(_bin(20), _bin(150))

    def take(self, sound: Floats) -> None:
        """The next samples."""
        line = np.concatenate([self._tail, sound])
        count = (len(line) - WINDOW) // HOP + 1
        if count <= 0:
            self._tail = line
            return
        frames = np.lib.stride_tricks.sliding_window_view(line, WINDOW)[::HOP][:count]
        self._measure(frames)
        self._tail = line[count * HOP :]

    def finish(self) -> None:
        """The last windows reach beyond the end; there is silence."""
        self.take(np.zeros(WINDOW // 2, np.float32))

    def curves(self, *, hops: int) -> Curves:
        """What was measured on the first so many hops."""
        for curve in self._curves:
            curve.end_at(hops)
        return Curves(*self._curves)

    def _banded(self, spectrum: Floats) -> Floats:
        """The energy of each band, a few rows at a time: a larger product would be shared out among
        threads that wait for each other at full speed, and round differently where there are more.
        """
        out = np.empty((len(spectrum), BANDS), np.float32)
        for first in range(0, len(spectrum), ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            np.matmul(spectrum[rows], self._matrix, out=out[rows])
        return out

    def _measure(self, frames: Floats) -> None:
        spectrum = np.abs(np.fft.rfft(frames * self._window, axis=1)).astype(np.float32)
        bands = np.log1p(100 * self._banded(spectrum))
        past = np.concatenate([self._last, bands])
        before = past[HELD_HOPS - BACK : -BACK]
        around = before.copy()  # a voice that glides into the next band is no onset
        np.maximum(around[:, 1:], before[:, :-1], out=around[:, 1:])
        np.maximum(around[:, :-1], before[:, 1:], out=around[:, :-1])
        rise = np.maximum(bands - around, 0)
        long_ago = past[:-HELD_HOPS]
        both = np.minimum(bands, long_ago).sum(axis=1)
        either = np.maximum(bands, long_ago).sum(axis=1)
        power = np.square(spectrum)
        whole = power.sum(axis=1) + 1e-9
        middle = power[:, self._middle] + 1e-9
        measured = (
            rise.mean(axis=1),
            rise[:, :LOW_BANDS].mean(axis=1),
            10 * np.log10(whole / (WINDOW * WINDOW / 8)),
            np.exp(np.log(middle).mean(axis=1) - np.log(middle.mean(axis=1))),
            power[:, self._deep].sum(axis=1) / whole,
            both / (either + 1e-3),
        )
        for curve, values in zip(self._curves, measured, strict=True):
            curve.extend(values)
        self._last = past[-HELD_HOPS:]


def _bin(hz: float) -> int:
    return round(hz * WINDOW / OUT_HZ)


def band_matrix() -> Floats:
    """(bins, BANDS): overlapping triangles, evenly spaced on a mel scale, at least two bins wide."""
    mel = np.linspace(_mel(LOWEST_HZ), _mel(HIGHEST_HZ), BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    hz = np.arange(WINDOW // 2 + 1) * OUT_HZ / WINDOW
    least = OUT_HZ / WINDOW
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rise = (hz[:, None] - left) / np.maximum(centre - left, least)
    fall = (right - hz[:, None]) / np.maximum(right - centre, least)
    weights = np.clip(np.minimum(rise, fall), 0, None)
    return (weights / (weights.sum(axis=0, keepdims=True) + 1e-9)).astype(np.float32)


def _mel(hz: float) -> float:
    return float(2595 * np.log10(1 + hz / 700))
