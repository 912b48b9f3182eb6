"""Decoded sound in blocks of one size, on the clock of the file, whatever frames it came in.

The blocks overlap, so that filters which work on a whole block (through its spectrum) give the same
as filters that run over the whole sound: overlap-save (Oppenheim and Schafer, Discrete-Time Signal
Processing, 8.7).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

OUT_HZ = 22_050  # the rate at which onsets and speech are looked for
BLOCK_S = 0.667
LEFT_S = 0.12  # the high-pass of the K weighting has died away after this long
RIGHT_S = 0.03
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 2_000, 768_000
GAP_S = 0.1  # shorter holes are rounding of time stamps
LONGEST_GAP_S = 600.0
FULL_SCALE = {"u1": 128.0, "i2": 32_768.0, "i4": 2_147_483_648.0, "i8": 2.0**63}


@dataclass(frozen=True)
class Geometry:
    """Where blocks lie. All lengths are samples at rate_hz and multiples of `part`.

    A block is `whole` samples, of which [left, left + hop) is its own; `part` samples at rate_hz last
    as long as `out_part` at OUT_HZ.
    """

    rate_hz: int
    part: int
    out_part: int
    left: int
    hop: int
    whole: int

    @classmethod
    def of(cls, rate_hz: int) -> "Geometry":
        """The geometry for this sampling rate."""
        common = math.gcd(rate_hz, OUT_HZ)
        part = rate_hz // common
        left = math.ceil(LEFT_S * rate_hz / part)
        right = math.ceil(RIGHT_S * rate_hz / part)
        parts = _smooth(max(round(BLOCK_S * rate_hz / part), left + right + 1))
        return cls(
            rate_hz=rate_hz,
            part=part,
            out_part=OUT_HZ // common,
            left=left * part,
            hop=(parts - left - right) * part,
            whole=parts * part,
        )

    def out(self, samples: int) -> int:
        """How many samples at OUT_HZ last as long; for multiples of `part`."""
        return samples // self.part * self.out_part


def _smooth(number: int) -> int:
    """The next number without prime factors above 5: quick to transform."""
    while True:
        rest = number
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return number
        number += 1


class Blocks:
    """Cuts frames into blocks; silence where the file has none.

    digest(block, geometry, layout) gets float32 (channels, geometry.whole), the first `left` of which
    it has seen before.
    """

    def __init__(self, origin_s: float, digest: Callable[[Floats, Geometry, Any], None]) -> None:
        self._origin_s, self._digest = origin_s, digest
        self.geometry: Geometry | None = None
        self.taken = 0  # samples placed on the clock so far
        self._layout: Any = None
        self._pending: list[Floats] = []
        self._waiting = 0
        self._adapter: av.AudioResampler | None = None

    def hear(self, frame: av.AudioFrame) -> None:
        """The next frame. Raises ValueError for one that is not like the others in any known way."""
        if self.geometry is None:
            if not LOWEST_RATE_HZ <= frame.sample_rate <= HIGHEST_RATE_HZ:
                raise ValueError(f"nobody samples sound {frame.sample_rate} times a second")
            self.geometry, self._layout = Geometry.of(frame.sample_rate), frame.layout
            self._take(np.zeros((self._layout.nb_channels, self.geometry.left), np.float32), 0)
        for piece in self._alike(frame, self.geometry):
            samples = _floats(piece)
            if frame.pts is not None and frame.time_base is not None:
                samples = self._placed(samples, frame.pts * frame.time_base, self.geometry)
            self._take(samples, samples.shape[1])

    def _alike(self, frame: av.AudioFrame, geometry: Geometry) -> Iterator[av.AudioFrame]:
        """The frame with the rate and the channels of the first one."""
        same = frame.sample_rate == geometry.rate_hz and frame.layout.name == self._layout.name
        if same and self._adapter is None:
            yield frame
            return
        if self._adapter is None:  # from here on, whatever comes is brought into one form
            self._adapter = av.AudioResampler(
                format="fltp", layout=self._layout, rate=geometry.rate_hz
            )
        yield from self._adapter.resample(frame)

    def _placed(self, samples: Floats, at: Fraction, geometry: Geometry) -> Floats:
        """Fill the hole before these samples; drop what lies before the start of the file."""
        missing = round((float(at) - self._origin_s) * geometry.rate_hz) - self.taken
        if self.taken == 0 and missing < 0:
            return samples[:, -missing:]
        least = GAP_S * geometry.rate_hz if self.taken else 0
        if least < missing < LONGEST_GAP_S * geometry.rate_hz:
            while missing > 0:  # piece by piece, for ten minutes would be a lot of zeros
                piece = min(missing, geometry.hop)
                self._take(np.zeros((samples.shape[0], piece), np.float32), piece)
                missing -= piece
        return samples

    def _take(self, samples: Floats, counted: int) -> None:
        assert self.geometry is not None  # noqa: S101  for the type checker; `hear` sets it
        self.taken += counted
        self._waiting += samples.shape[1]
        self._pending.append(samples)
        if self._waiting >= self.geometry.whole:
            line = self._joined()
            while line.shape[1] >= self.geometry.whole:
                self._digest(line[:, : self.geometry.whole], self.geometry, self._layout)
                line = line[:, self.geometry.hop :]
            self._pending, self._waiting = [line], line.shape[1]

    def _joined(self) -> Floats:
        """All that waits, in one piece; once per block, for a frame is a fiftieth of one."""
        line = np.concatenate(self._pending, axis=1)
        if not np.isfinite(line).all():  # some decoders give such for damaged packets
            line = np.nan_to_num(line, nan=0.0, posinf=0.0, neginf=0.0)
        return line

    def finish(self) -> None:
        """Digest what waits, with silence after it."""
        if self.geometry is None:
            return
        line = self._joined()
        while line.shape[1] > self.geometry.left:
            block = np.zeros((line.shape[0], self.geometry.whole), np.float32)
            some = line[:, : self.geometry.whole]
            block[:, : some.shape[1]] = some
            self._digest(block, self.geometry, self._layout)
            line = line[:, self.geometry.hop :]


def _floats(frame: av.AudioFrame) -> Floats:
    """float32 (channels, samples), full scale 1."""
    data = frame.to_ndarray()
    if not frame.format.is_planar:
        data = data.reshape(-1, frame.layout.nb_channels).T
    scale = FULL_SCALE.get(data.dtype.str[1:])
    if scale is None:
        return data.astype(np.float32, copy=False)
    middle = scale if data.dtype.kind == "u" else 0.0
    return ((data - middle) / scale).astype(np.float32)
