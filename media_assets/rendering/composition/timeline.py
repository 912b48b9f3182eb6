"""When intro, clip and outro are seen, in whole frames: each overlaps the next by a crossfade."""

from dataclasses import dataclass
from fractions import Fraction

SAMPLE_RATE_HZ = 48_000


@dataclass(frozen=True)
class Piece:
    """Some frames of the part called intro, clip or outro: from first on, end is the one after."""

    name: str
    first: int
    end: int

    @property
    def frames(self) -> int:
        """How many."""
        return self.end - self.first


@dataclass(frozen=True)
class Stretch:
    """A run of frames that is made alone: of one part, or of two where one fades into the other."""

    pieces: tuple[Piece, ...]

    @property
    def frames(self) -> int:
        """How many; both pieces of a crossfade have as many."""
        return self.pieces[0].frames

    @property
    def fades(self) -> bool:
        """Whether it is a crossfade."""
        return len(self.pieces) == 2

    def has(self, name: str) -> bool:
        """Whether that part is seen in it."""
        return any(piece.name == name for piece in self.pieces)


@dataclass(frozen=True)
class Timeline:
    """Lengths in frames at the rate. fade_in: of the intro into the clip; fade_out: of it into the outro."""

    rate: Fraction
    clip: int
    intro: int = 0
    outro: int = 0
    fade_in: int = 0
    fade_out: int = 0

    @property
    def frames(self) -> int:
        """Of the whole."""
        return self.intro + self.clip + self.outro - self.fade_in - self.fade_out

    def frames_of(self, name: str) -> int:
        """Of the part called intro, clip or outro."""
        return {"intro": self.intro, "clip": self.clip, "outro": self.outro}[name]

    @property
    def clip_at(self) -> int:
        """The frame at which the clip begins, at first hardly seen where it fades in."""
        return self.intro - self.fade_in

    @property
    def clip_at_ms(self) -> int:
        """The same as time."""
        return round(self.clip_at / self.rate * 1000)

    @property
    def outro_at(self) -> int:
        """The frame at which the outro begins."""
        return self.clip_at + self.clip - self.fade_out

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """All of it, in order: what is one part alone, and between two parts the crossfade, if any."""
        alone = self.intro - self.fade_in
        found = [
            (Piece("intro", 0, alone),),
            (Piece("intro", alone, self.intro), Piece("clip", 0, self.fade_in)),
            (Piece("clip", self.fade_in, self.clip - self.fade_out),),
            (
                Piece("clip", self.clip - self.fade_out, self.clip),
                Piece("outro", 0, self.fade_out),
            ),
            (Piece("outro", self.fade_out, self.outro),),
        ]
        return tuple(Stretch(pieces) for pieces in found if pieces[0].frames)

    def samples(self, first: int, end: int) -> int:
        """Samples of sound from one frame of the whole until another. They add up without a rest."""
        return _sample_of(end, self.rate) - _sample_of(first, self.rate)


def _sample_of(frame: int, rate: Fraction) -> int:
    return round(frame * SAMPLE_RATE_HZ / rate)


def timeline(
    *, rate: Fraction, clip: int, intro_ms: int = 0, outro_ms: int = 0, crossfade_ms: int = 0
) -> Timeline:
    """The frames of everything. Crossfades take at most half of what they join."""
    intro, outro = (max(1, round(ms * rate / 1000)) if ms else 0 for ms in (intro_ms, outro_ms))
    wanted = round(crossfade_ms * rate / 1000)
    return Timeline(
        rate=rate,
        clip=clip,
        intro=intro,
        outro=outro,
        fade_in=min(wanted, intro // 2, clip // 2),
        fade_out=min(wanted, outro // 2, clip // 2),
    )
