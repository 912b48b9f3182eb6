"""Hearing a file: one pass over its decoded sound."""

from array import array
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from media_assets.analysis.sound import beats, speech
from media_assets.analysis.sound.blocks import OUT_HZ, Blocks, Geometry
from media_assets.analysis.sound.heard import SILENT, Sound
from media_assets.analysis.sound.loudness import STEPS_A_SECOND, channel_weights, k_weighting
from media_assets.analysis.sound.spectra import Spectra

Floats = npt.NDArray[np.float32]

PASS_HZ, STOP_HZ = 10_000.0, 11_000.0  # of the sound that onsets are looked for in


class Listener:
    """Takes decoded frames as they come, in time order; keeps curves, never the sound.

    origin_s: when the file starts on the clock of its streams.
    """

    def __init__(self, origin_s: float) -> None:
        self._blocks = Blocks(origin_s, self._digest)
        self._spectra = Spectra()
        self._power = array("d")
        self._begun = 0.0  # energy of the step that is not full yet
        self._at = 0  # first sample of the next block's own part
        self._out_at = 0
        self._response: Any = None
        self._low_pass: Any = None
        self._weights: Any = None

    def hear(self, frame: av.AudioFrame | None) -> None:
        """The next decoded frame; None is ignored. Raises ValueError for one that cannot be heard."""
        if frame is not None:
            self._blocks.hear(frame)

    def _digest(self, block: Floats, geometry: Geometry, layout: Any) -> None:
        if self._response is None:
            self._prepare(geometry, layout)
        spectrum = np.fft.rfft(block, axis=1)
        own = slice(geometry.left, geometry.left + geometry.hop)
        weighted = np.fft.irfft(spectrum * self._response, geometry.whole, axis=1)[:, own]
        np.square(weighted, out=weighted)
        weighted *= self._weights[:, None]
        self._add_power(weighted.sum(axis=0), geometry)
        out_whole = geometry.out(geometry.whole)
        mono = np.zeros(out_whole // 2 + 1, np.complex64)
        count = min(len(mono), spectrum.shape[1])
        mono[:count] = spectrum[:, :count].mean(axis=0) * self._low_pass[:count]
        scale = np.float32(out_whole / geometry.whole)
        sound = np.fft.irfft(mono, out_whole).astype(np.float32) * scale
        out_left = geometry.out(geometry.left)
        self._spectra.take(sound[out_left : out_left + geometry.out(geometry.hop)])

    def _prepare(self, geometry: Geometry, layout: Any) -> None:
        bins = geometry.whole // 2 + 1
        self._response = k_weighting(bins, geometry.rate_hz)
        self._weights = channel_weights([channel.name for channel in layout.channels])
        hz = np.arange(bins) * geometry.rate_hz / geometry.whole
        stop = min(STOP_HZ, 0.49 * geometry.rate_hz)
        fall = np.clip((hz - min(PASS_HZ, 0.9 * stop)) / (stop - min(PASS_HZ, 0.9 * stop)), 0, 1)
        self._low_pass = (0.5 + 0.5 * np.cos(np.pi * fall)).astype(np.float32)

    def _add_power(self, power: Floats, geometry: Geometry) -> None:
        """Energy per step of 100 ms; a step that goes on in the next block is kept open."""
        start, end = self._at, self._at + len(power)
        rate = geometry.rate_hz
        first = start * STEPS_A_SECOND // rate  # the step that holds the first sample
        last = (end * STEPS_A_SECOND - 1) // rate
        edges = -(-np.arange(first + 1, last + 1) * rate // STEPS_A_SECOND)
        sums = np.add.reduceat(power, np.concatenate([[0], edges - start]), dtype=np.float64)
        sums[0] += self._begun
        next_edge = -(-(last + 1) * rate // STEPS_A_SECOND)
        full = len(sums) if next_edge <= end else len(sums) - 1
        self._begun = 0.0 if full == len(sums) else float(sums[-1])
        self._power.frombytes(sums[:full].tobytes())
        self._at = end

    def finish(self) -> Sound:
        """Everything heard, with tempo, beats, pauses."""
        self._blocks.finish()
        self._spectra.finish()
        geometry = self._blocks.geometry
        if geometry is None or not self._power:
            return SILENT
        rate, taken = geometry.rate_hz, self._blocks.taken
        steps = max(1, round(taken * STEPS_A_SECOND / rate))
        energy = np.array(self._power)[:steps]
        size = np.full(len(energy), rate / STEPS_A_SECOND)
        size[-1] = min(size[-1], max(1.0, taken - (len(energy) - 1) * rate / STEPS_A_SECOND))
        power = (energy / size).astype(np.float32)
        curves = self._spectra.curves(hops=max(1, taken * OUT_HZ // (rate * 256)))
        pulse = beats.find_pulse(curves)
        talk = speech.tell_apart(curves, pulse.clarity)
        return Sound(
            power=power,
            onset=pulse.onset,
            beats_ms=pulse.beats_ms,
            tempo_bpm=pulse.tempo_bpm,
            rhythm=pulse.rhythm,
            speech=talk.speech,
            music=talk.music,
            pauses_ms=talk.pauses_ms,
            silences_ms=talk.silences_ms,
        )
