"""What was heard in a file: curves and times, as they are stored and asked for."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from media_assets.analysis.sound.loudness import (
    FLOOR_LUFS,
    MOMENTARY_STEPS,
    SHORT_TERM_STEPS,
    integrated,
    lufs,
    sliding,
)
from media_assets.analysis.sound.spectra import HOPS_A_SECOND

Floats = npt.NDArray[np.float32]
Times = npt.NDArray[np.int64]

STEP_MS = 100
LIKELIHOOD_MS = 500
SILENCE_DB = -50.0
NEAR_MS = 40.0  # an onset this near a time belongs to it


def _no_floats() -> Floats:
    return np.zeros(0, np.float32)


def _no_times() -> Times:
    return np.zeros(0, np.int64)


def _no_spans() -> Times:
    return np.zeros((0, 2), np.int64)


@dataclass(frozen=True)
class Sound:
    """What was heard. Times in milliseconds from the start of the file, in order; spans half-open.

    power: K-weighted mean square of all channels, per STEP_MS; all of R 128 follows from it. onset:
    strength 0–1, HOPS_A_SECOND. tempo_bpm and rhythm (how clear the pulse is, 0–1) are 0 where there
    is no pulse. speech, music: likelihood 0–1 per LIKELIHOOD_MS. pauses_ms: between words, where
    somebody speaks; (n, 2). silences_ms: where nothing is heard; (n, 2).
    """

    power: Floats = field(default_factory=_no_floats)
    onset: Floats = field(default_factory=_no_floats)
    beats_ms: Times = field(default_factory=_no_times)
    tempo_bpm: float = 0.0
    rhythm: float = 0.0
    speech: Floats = field(default_factory=_no_floats)
    music: Floats = field(default_factory=_no_floats)
    pauses_ms: Times = field(default_factory=_no_spans)
    silences_ms: Times = field(default_factory=_no_spans)

    @cached_property
    def db(self) -> Floats:
        """Loudness of each STEP_MS by itself."""
        return lufs(self.power)

    @cached_property
    def momentary(self) -> Floats:
        """LUFS of the 400 ms that end with each step."""
        return lufs(sliding(self.power, MOMENTARY_STEPS))

    @cached_property
    def short_term(self) -> Floats:
        """LUFS of the 3 s that end with each step."""
        return lufs(sliding(self.power, SHORT_TERM_STEPS))

    @cached_property
    def integrated_lufs(self) -> float:
        """Loudness of the whole."""
        return integrated(self.power) if len(self.power) else FLOOR_LUFS

    @property
    def audible(self) -> bool:
        """Whether anything but silence was heard."""
        return bool(len(self.power)) and float(self.db.max()) > SILENCE_DB

    def db_between(self, start_ms: int, end_ms: int) -> Floats:
        """The loudness of a span, per STEP_MS."""
        return self.db[start_ms // STEP_MS : max(start_ms // STEP_MS + 1, -(-end_ms // STEP_MS))]

    def lufs_between(self, start_ms: int, end_ms: int) -> float:
        """The mean loudness of a span, not gated."""
        part = self.power[start_ms // STEP_MS : max(start_ms // STEP_MS + 1, -(-end_ms // STEP_MS))]
        return float(lufs(part.mean())) if len(part) else FLOOR_LUFS

    def onset_at(self, at_ms: float) -> float:
        """The strongest onset near a time."""
        centre, reach = at_ms / 1000 * HOPS_A_SECOND, NEAR_MS / 1000 * HOPS_A_SECOND
        near = self.onset[max(0, int(centre - reach)) : max(0, int(centre + reach) + 1)]
        return float(near.max()) if len(near) else 0.0


SILENT = Sound()
