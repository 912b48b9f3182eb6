"""How well found changes agree with what is known of a film. Cuts count to the frame."""

from collections import Counter
from dataclasses import dataclass, field

from tests.shot_films.compose import Truth

GRADUAL_OVERLAP = 0.5  # of the shorter of found and true, for a transition to be found
FALSE_OVERLAP = 0.3  # less than this with every true one: it is false
TRAP_FRAMES = 1  # beyond its span that a trap still explains a false cut
FADES = ("fade_in", "fade_out", "fade_through_black", "fade_through_white")
UNCOUNTED = ("wipe",)  # we do not look for them: neither found nor missed nor false


@dataclass
class Score:
    """Counts, which add up. gradual, typed: of each true kind, how many were found, and as that kind."""

    hits: int = 0
    false: int = 0
    missed: int = 0
    trapped: Counter = field(default_factory=Counter)
    traps: Counter = field(default_factory=Counter)
    gradual: Counter = field(default_factory=Counter)
    typed: Counter = field(default_factory=Counter)
    there: Counter = field(default_factory=Counter)
    gradual_false: int = 0
    overlap: float = 0.0

    def __add__(self, other):
        return Score(*(mine + theirs for mine, theirs in zip(self.parts, other.parts, strict=True)))

    @property
    def parts(self):
        """The counts in the order of the fields."""
        return [getattr(self, name) for name in self.__dataclass_fields__]

    @property
    def f1(self):
        """Of the cuts, in per cent; 100 where there is nothing to find and nothing was found."""
        whole = 2 * self.hits + self.false + self.missed
        return 200 * self.hits / whole if whole else 100.0

    @property
    def gradual_recall(self):
        """In per cent, over all kinds; 100 where there is none."""
        whole = sum(self.there.values())
        return 100 * sum(self.gradual.values()) / whole if whole else 100.0

    def __str__(self):
        found, there = self.hits + self.false, self.hits + self.missed
        precision = 100 * self.hits / found if found else 100.0
        recall = 100 * self.hits / there if there else 100.0
        return (
            f"F1 {self.f1:.1f}, P {precision:.0f}, R {recall:.0f}"
            f" ({self.hits} right, {self.false} false, {self.missed} missed)"
        )


def scored(changes, truth: Truth):
    """The score of `Change`s against the truth of a film."""
    cuts = {change.frame for change in changes if change.kind == "cut"}
    score = score_cuts(cuts, truth)
    found = [change for change in changes if change.kind != "cut"]
    for kind, start, end in truth.gradual:
        if kind in UNCOUNTED:
            continue
        same = [each for each in found if common(each, start, end) >= GRADUAL_OVERLAP]
        score.there[kind] += 1
        score.gradual[kind] += bool(same)
        score.typed[kind] += any(each.kind == kind for each in same)
        score.overlap += max((joint(each, start, end) for each in same), default=0.0)
    score.gradual_false = sum(
        all(common(each, start, end) < FALSE_OVERLAP for _, start, end in truth.gradual)
        for each in found
    )
    return score


def score_cuts(frames, truth: Truth):
    """The score of frame numbers of cuts: one frame beside it is a false one and a missed one."""
    frames, cuts = set(frames), set(truth.cuts)
    trapped = Counter()
    for frame in frames - cuts:
        for what, start, end in truth.traps:
            if start - TRAP_FRAMES <= frame <= end + TRAP_FRAMES:
                trapped[what] += 1
                break
    return Score(
        hits=len(frames & cuts),
        false=len(frames - cuts),
        missed=len(cuts - frames),
        trapped=trapped,
        traps=Counter(what for what, _, _ in truth.traps),
    )


def common(change, start, end):
    """Share of the shorter one that a change and a span have in common."""
    frames = min(change.end, end) - max(change.start, start)
    return frames / max(1, min(change.end - change.start, end - start))


def joint(change, start, end):
    """Frames in common, as a share of those in either."""
    frames = max(0, min(change.end, end) - max(change.start, start))
    return frames / max(1, (change.end - change.start) + (end - start) - frames)
