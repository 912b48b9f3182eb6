"""Onsets, tempo and beats.

Beats are tracked by dynamic programming (D. Ellis, Beat Tracking by Dynamic Programming, Journal of
New Music Research, 2007), with a period that may change on the way: it follows the best path through
the autocorrelation of eight seconds around each second (a tempogram; Grosche and Müller, 2011).
"""

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from media_assets.analysis.series import Long, Series, deviation, smoothed, stretches
from media_assets.analysis.sound.blocks import OUT_HZ
from media_assets.analysis.sound.spectra import HOP, HOPS_A_SECOND, Curves

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

TEMPO_BPM = (52.0, 215.0)
STATES_AN_OCTAVE = 36
LIKED_BPM, LIKED_OCTAVES = 116.0, 0.75  # people tap near two beats a second
WINDOW_S, STEP_S = 8.0, 1.0
LEVEL_S = 300.0  # of a long film, this much is asked which beats carry the accents
FAINTEST_ONSET = 0.04  # of log band energy; a steady tone wavers by 0.003, music by 0.4 and more
LOW_WEIGHT = 1.5  # of the bass drum beside all the rest
CHANGE_PRICE = 60.0  # per octave squared, for a tempo that changes from one second to the next
TIGHTNESS = 6.0  # how strictly beats keep the tempo
BEAT_WEIGHT, PAIR_WEIGHT, BAR_WEIGHT = 0.3, 0.3, 0.4
CLEAR_ENOUGH = 0.28  # speech and orchestral scores reach 0.22, a band 0.38
DOUBLE_BELOW_BPM, HALVE_ABOVE_BPM, FAST_BPM = 95.0, 125.0, 162.0
EQUAL, MORE_EQUAL, FILLED = 0.6, 0.76, 0.4  # see best_level
DELAY_HOPS = (
    -0.38
)  # measured on clicks: the rise is largest just before the window is centred on one


@dataclass(frozen=True)
class Pulse:
    """Onset strength per hop, beats and tempo; clarity: how clear the pulse is, 0–1, per STEP_S."""

    onset: Floats
    beats_ms: npt.NDArray[np.int64]
    tempo_bpm: float
    rhythm: float
    clarity: Floats


def find_pulse(curves: Curves) -> Pulse:
    """Onsets, and beats where there is a pulse."""
    onset = risen(curves.flux)
    none = Pulse(onset, np.zeros(0, np.int64), 0.0, 0.0, np.zeros(0, np.float32))
    if len(onset) < 4 * HOPS_A_SECOND or not onset.any():
        return none
    accent = risen(curves.low_flux)
    accent *= LOW_WEIGHT
    accent += onset
    states = tempo_states()
    gram, clarity = tempogram(accent, states)
    rhythm = float(np.clip(np.percentile(clarity, 75) * 1.3, 0, 1))
    if rhythm < CLEAR_ENOUGH:
        return Pulse(none.onset, none.beats_ms, 0.0, 0.0, clarity)
    path = steadiest_path(gram, states)
    level = best_level(accent, path)
    beats = track_beats(accent, level)
    beats = sounding(beats, onset)
    if len(beats) < 4:
        return Pulse(none.onset, none.beats_ms, 0.0, 0.0, clarity)
    fine = refined(beats, onset)
    beats_ms = np.round((fine - DELAY_HOPS) * HOP * 1000 / OUT_HZ).astype(np.int64)
    tempo = 60 * HOPS_A_SECOND / usual_period(fine)

    return Pulse(onset, np.maximum(beats_ms, 0), round(tempo, 1), rhythm, clarity)


def risen(flux: Long) -> Floats:
    """Onset strength 0–1: what rises above its neighbourhood of half a second."""
    reach = max(3, round(0.5 * HOPS_A_SECOND))
    above = np.zeros(len(flux), np.float32)
    if len(flux) < reach:
        return above
    evenly = np.ones(reach, np.float32) / reach
    for first, end in stretches(len(flux)):
        usual = smoothed(flux, evenly, first, end)
        np.maximum(flux[first:end] - usual, 0, out=above[first:end])
    top = float(np.percentile(above, 99.0))
    if top <= FAINTEST_ONSET:
        return np.zeros(len(flux), np.float32)
    above /= top
    return np.clip(above, 0, 1, out=above)


def tempo_states() -> Doubles:
    """Periods in hops, evenly spaced in octaves, fast to slow."""
    octaves = np.log2(TEMPO_BPM[1] / TEMPO_BPM[0])
    bpm = TEMPO_BPM[1] * 2.0 ** -np.linspace(0, octaves, round(octaves * STATES_AN_OCTAVE) + 1)
    return 60 * HOPS_A_SECOND / bpm


def liking(periods: Doubles) -> Doubles:
    """How gladly people tap at these periods, 0–1."""
    bpm = 60 * HOPS_A_SECOND / periods
    return np.exp(-0.5 * (np.log2(bpm / LIKED_BPM) / LIKED_OCTAVES) ** 2)


def tempogram(accent: Floats, states: Doubles) -> tuple[Series, Floats]:
    """(steps, states): how well each period fits around each step; and how clear the best one is."""
    window, step = round(WINDOW_S * HOPS_A_SECOND), STEP_S * HOPS_A_SECOND
    steps = max(1, round(len(accent) / step))
    aside = window // 2  # silence before and after
    shape = np.hanning(window + 2)[1:-1]
    size = 1 << (2 * window - 1).bit_length()
    taper = np.fft.irfft(np.abs(np.fft.rfft(shape, size)) ** 2, size)[:window]
    gram = Series(np.float64, (len(states),))
    clarity = np.zeros(steps, np.float32)
    for first in range(0, steps, 64):
        last = min(first + 64, steps)
        starts = np.round((np.arange(first, last) + 0.5) * step).astype(np.int64)
        starts = np.minimum(starts, len(accent) + 2 * aside - window)
        begin, end = int(starts[0]) - aside, int(starts[-1]) + window - aside
        around = np.zeros(end - begin)
        inside = slice(max(begin, 0), min(end, len(accent)))
        around[inside.start - begin : inside.stop - begin] = accent[inside]
        pieces = around[(starts - starts[0])[:, None] + np.arange(window)]
        pieces = (pieces - pieces.mean(axis=1, keepdims=True)) * shape
        power = np.abs(np.fft.rfft(pieces, size, axis=1)) ** 2
        correlation = np.fft.irfft(power, size, axis=1)[:, :window]
        correlation /= correlation[:, :1] + 1e-9
        correlation /= np.maximum(taper / taper[0], 0.05)
        fits = _comb(correlation, states)
        gram.extend(fits)
        clarity[first:last] = fits.max(axis=1)
    return gram, clarity


def _comb(correlation: Doubles, states: Doubles) -> Doubles:
    """A true pulse also repeats after two beats, and best of all after a bar of three or four.

    The bar is what tells a beat from the dotted notes that so much music sets against it.
    """

    def after(beats: int) -> Doubles:
        lags = states * beats
        inside = lags < correlation.shape[1] * 0.75
        low = np.minimum(lags.astype(np.int64), correlation.shape[1] - 2)
        part = np.minimum(lags - low, 1.0)
        value = correlation[:, low] * (1 - part) + correlation[:, low + 1] * part
        return np.where(inside, value, 0.0)

    bar = np.maximum(after(3), after(4))
    total: Doubles = BEAT_WEIGHT * after(1) + PAIR_WEIGHT * after(2) + BAR_WEIGHT * bar
    return np.maximum(total, 0.0)


def steadiest_path(gram: Long, states: Doubles) -> Doubles:
    """The period at each step: what fits, is liked, and does not jump (Viterbi)."""
    octaves = np.log2(states)
    price = CHANGE_PRICE * (octaves[:, None] - octaves[None, :]) ** 2
    price = np.minimum(price, 4.0)  # after a break another song may begin
    liked, every = liking(states), np.arange(len(states))
    came = np.zeros((len(gram), len(states)), np.int16)
    best = np.zeros(len(states))
    for first in range(0, len(gram), 256):
        for step, gain in enumerate(2.0 * gram[first : first + 256] * liked, first):
            if step:
                ways = best[:, None] - price
                came[step] = np.argmax(ways, axis=0)
                best = ways[came[step], every]
            best = best + gain
    at = int(np.argmax(best))
    path = np.zeros(len(gram), np.int64)
    for step in range(len(gram) - 1, -1, -1):
        path[step] = at
        at = int(came[step, at])
    return states[path]


def per_hop(path: Doubles, first: int, end: int) -> Doubles:
    """The period at each hop of a stretch."""
    centres = (np.arange(len(path)) + 0.5) * STEP_S * HOPS_A_SECOND
    return np.interp(np.arange(first, end), centres, path)


def best_level(accent: Floats, path: Doubles) -> Doubles:
    """The same pulse, every second beat of it, or twice as many: whichever carries the accents.

    On a true beat each second one is about as strong as its neighbours. Where a fast pulse alternates
    between strong and weak, the strong ones are the beat; where a slow one has equals in between and
    nothing between those, it is half the beat. Thresholds: found on generated tracks (docs/media).
    """
    bpm = 60 * HOPS_A_SECOND / float(np.median(path))
    longest = round(LEVEL_S * HOPS_A_SECOND)
    if len(accent) > longest:  # its middle tells
        first = (len(accent) - longest) // 2
        seconds = slice(int(first / HOPS_A_SECOND), int(first / HOPS_A_SECOND) + int(LEVEL_S))
        accent, around = accent[first : first + longest], path[seconds]
    else:
        around = path

    @functools.cache
    def balance(times: float) -> float:
        """Strength of every second beat against the others, 0–1, `times` as many beats as now."""
        beats = track_beats(accent, around / min(times, 2.0))
        if times > 2:
            beats = np.sort(np.concatenate([beats, (beats[1:] + beats[:-1]) // 2]))
        return _balance(accent, beats)

    if bpm < DOUBLE_BELOW_BPM and balance(2) >= EQUAL and balance(4) < FILLED:
        return path / 2
    if bpm / 2 < TEMPO_BPM[0] or bpm <= HALVE_ABOVE_BPM:
        return path
    least = EQUAL if bpm > FAST_BPM or balance(2) >= FILLED else MORE_EQUAL
    return path if balance(1) >= least else path * 2


def _balance(accent: Floats, beats: npt.NDArray[np.int64]) -> float:
    """Of the beats' two alternate classes the weaker against the stronger, bar by bar; 1 for few beats.

    A class is as strong as the stronger of its two places in a bar of four: one beat of a bar may well
    be left out by the drums.
    """
    inner = beats[(beats >= 2) & (beats < len(accent) - 2)]
    strength = np.max([accent[inner + shift] for shift in (-2, -1, 0, 1, 2)], axis=0)
    strength = strength.astype(np.float64)
    ratios = []
    for first in range(0, len(strength) - 15, 16):
        part = strength[first : first + 32]
        places = [float(part[place::4].mean()) for place in range(4)]
        classes = sorted([max(places[0], places[2]), max(places[1], places[3])])
        ratios.append(classes[0] / max(classes[1], 1e-9))
    return float(np.median(ratios)) if ratios else 1.0


def track_beats(accent: Floats, path: Doubles) -> npt.NDArray[np.int64]:
    """Hops of the beats (Ellis, 2007), in steps of half a period so that numpy does the work.

    path: the period every STEP_S. Only where each hop came from is kept for all of them.
    """
    hops = len(accent)
    back = np.zeros(hops, np.int16)  # so many hops; 0: from nowhere
    score, base = np.zeros(0), 0  # of hop `base` and those after it
    at = 0
    floor = 0.05 * deviation(accent)
    for first, last in stretches(hops):
        kept = score[max(len(score) - 1024, 0) :]  # more than two of the longest periods
        base = first - len(kept)
        score = np.concatenate([kept, _standing_out(accent, floor, first, last)])
        begun, periods = at, per_hop(path, at, last)
        while at < last:
            period = float(periods[at - begun])
            nearest = max(1, int(period / 2))
            end = min(at + nearest, hops)
            if end > last:
                break  # it goes on in the next stretch
            offsets = np.arange(-int(2 * period), -nearest + 1)
            price = -TIGHTNESS * np.log2(-offsets / period) ** 2 * 8
            where = np.arange(at, end)[:, None] + offsets
            ways = np.where(where >= 0, score[np.maximum(where - base, 0)], 0.0) + price
            best = np.argmax(ways, axis=1)
            rows = np.arange(end - at)
            came = where[rows, best]
            score[at - base : end - base] += ways[rows, best]
            back[at:end] = np.where(came >= 0, -offsets[best], 0)
            at = end
    last_period = round(float(periods[-1]))
    beats = [hops - 1 - int(np.argmax(score[: -last_period - 1 : -1]))]
    while back[beats[-1]]:
        beats.append(beats[-1] - int(back[beats[-1]]))
    return np.array(beats[::-1], np.int64)


def _standing_out(accent: Floats, floor: float, first: int, end: int) -> Doubles:
    """Accents of a stretch against those of eight seconds around."""
    reach = min(round(HOPS_A_SECOND * 8), len(accent))
    low, high = max(first - reach, 0), min(end + reach, len(accent))
    near = accent[low:high].astype(np.float64)
    evenly = np.ones(reach) / reach
    local = np.sqrt(smoothed(np.square(near), evenly, first - low, end - low))
    return np.asarray(near[first - low : end - low] / (local + floor + 1e-9), np.float64)


def sounding(beats: npt.NDArray[np.int64], onset: Floats) -> npt.NDArray[np.int64]:
    """Without those before anything begins and after everything ended."""
    heard = onset > 0.15
    if not heard.any() or not len(beats):
        return beats[:0]
    first, last = int(heard.argmax()), len(heard) - 1 - int(heard[::-1].argmax())
    slack = round(0.1 * HOPS_A_SECOND)
    return beats[(beats >= first - slack) & (beats <= last + slack)]


def refined(beats: npt.NDArray[np.int64], onset: Floats) -> Doubles:
    """Between hops: the top of the parabola through an onset and its neighbours."""
    fine = beats.astype(np.float64)
    inner = (beats > 0) & (beats < len(onset) - 1)
    at = beats[inner]
    left, top, right = (onset[at + d].astype(np.float64) for d in (-1, 0, 1))
    bend = left - 2 * top + right
    shift = np.where(bend < -1e-6, 0.5 * (left - right) / np.minimum(bend, -1e-6), 0.0)
    fine[inner] += np.clip(shift, -0.5, 0.5)
    return fine


def usual_period(beats: Doubles) -> float:
    """Hops from beat to beat: the slope of all where they are even, else the middle one."""
    number = np.arange(len(beats))
    slope, start = np.polyfit(number, beats, 1)
    if np.abs(beats - (start + slope * number)).max() < 0.35 * slope:
        return float(slope)
    return float(np.median(np.diff(beats)))
