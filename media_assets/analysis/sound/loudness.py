"""Loudness as ITU-R BS.1770-5 and EBU R 128 (Tech 3341) measure it.

The K weighting is two second-order filters. BS.1770 lists their coefficients for 48 kHz; the
parameters below are those of the analogue filters behind them, which give the same numbers there
and the same curve at any other rate.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

OFFSET_LU = -0.691  # so that a sine of 997 Hz at full scale in one channel reads -3.01 LUFS
FLOOR_LUFS = -100.0
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
STEPS_A_SECOND = 10
MOMENTARY_STEPS, SHORT_TERM_STEPS = 4, 30  # 400 ms and 3 s of 100 ms
SURROUND_WEIGHT = 1.41
SURROUND = ("BL", "BR", "SL", "SR", "BC", "WL", "WR")
NOT_HEARD = ("LFE", "LFE2")

_SHELF_HZ, _SHELF_DB, _SHELF_Q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
_SHELF_MIDDLE = 0.4996667741545416
_PASS_HZ, _PASS_Q = 38.13547087602444, 0.5003270373238773


def k_weighting(bins: int, rate_hz: int) -> npt.NDArray[np.complex64]:
    """The frequency response of both filters at `bins` frequencies from 0 to half the rate."""
    turn = np.exp(-1j * np.linspace(0, np.pi, bins))
    k = np.tan(np.pi * _SHELF_HZ / rate_hz) if rate_hz > 2.2 * _SHELF_HZ else None
    response = np.ones(bins, np.complex128)
    if k is not None:  # below that rate there is nothing for the shelf to lift
        high = 10 ** (_SHELF_DB / 20)
        middle = high**_SHELF_MIDDLE
        response *= _biquad(
            turn,
            (high + middle * k / _SHELF_Q + k * k, 2 * (k * k - high), high - middle * k / _SHELF_Q + k * k),
            (1 + k / _SHELF_Q + k * k, 2 * (k * k - 1), 1 - k / _SHELF_Q + k * k),
        )  # fmt: skip
    k = np.tan(np.pi * _PASS_HZ / rate_hz)
    below = 1 + k / _PASS_Q + k * k
    response *= _biquad(
        turn,
        (1.0, -2.0, 1.0),
        (1.0, 2 * (k * k - 1) / below, (1 - k / _PASS_Q + k * k) / below),
    )
    return response.astype(np.complex64)


def _biquad(
    turn: npt.NDArray[np.complex128],
    above: tuple[float, float, float],
    below: tuple[float, float, float],
) -> npt.NDArray[np.complex128]:
    (b0, b1, b2), (a0, a1, a2) = above, below
    return (b0 + turn * (b1 + turn * b2)) / (a0 + turn * (a1 + turn * a2))


def channel_weights(names: list[str]) -> Floats:
    """How much each channel counts, by its name as ffmpeg has it."""
    return np.array(
        [
            0.0 if name in NOT_HEARD else SURROUND_WEIGHT if name in SURROUND else 1.0
            for name in names
        ],
        np.float32,
    )


def lufs(power: npt.ArrayLike) -> Floats:
    """Weighted mean square as loudness; FLOOR_LUFS where there is nothing."""
    values = np.asarray(power, np.float64)
    loud = OFFSET_LU + 10 * np.log10(np.maximum(values, 1e-12))
    return np.maximum(loud, FLOOR_LUFS).astype(np.float32)


def sliding(power: Floats, steps: int) -> npt.NDArray[np.float64]:
    """Mean of the last `steps` values at each step; before the beginning there is silence."""
    sums = np.concatenate([np.zeros(steps), np.cumsum(power, dtype=np.float64)])
    means: npt.NDArray[np.float64] = (sums[steps:] - sums[:-steps]) / steps
    return np.maximum(means, 0.0)


def integrated(power: Floats) -> float:
    """The loudness of the whole, gated as R 128 asks; FLOOR_LUFS where all of it is below the gate."""
    if len(power) < MOMENTARY_STEPS:
        return float(lufs(power.mean())) if len(power) else FLOOR_LUFS
    blocks = sliding(power, MOMENTARY_STEPS)[MOMENTARY_STEPS - 1 :]
    heard = blocks[lufs(blocks) > ABSOLUTE_GATE_LUFS]
    if not len(heard):
        return FLOOR_LUFS
    gate = lufs(heard.mean()) + RELATIVE_GATE_LU
    return float(lufs(heard[lufs(heard) > gate].mean()))
