"""What decides before anything was learned: the first weights of each platform, with the reason.

They are opinions, written down so that they can be argued with; `POST /engine/train` proposes better
ones from outcomes. Lengths and formats: documents of the platforms, as of November 2026 (Instagram
reels 3 s to 15 min, TikTok by API up to 10 min, Shorts up to 3 min, vertical first on all three).
"""

from dataclasses import dataclass

from campaigns.features import Limits

VERTICAL, SQUARE, LANDSCAPE = "vertical_1080x1920", "square_1080x1080", "landscape_1920x1080"


@dataclass(frozen=True)
class DefaultRule:
    """weights: feature → (weight, why)."""

    weights: dict[str, tuple[float, str]]
    limits: Limits

    @property
    def plain_weights(self) -> dict[str, float]:
        """feature → weight."""
        return {name: weight for name, (weight, _) in self.weights.items()}

    @property
    def why(self) -> str:
        """The reasons, a line for each weight."""
        lines = [f"{name} {weight:g}: {reason}" for name, (weight, reason) in self.weights.items()]
        return "\n".join(["The first weights, by opinion; nothing was learned yet.", *lines])


DEFAULT_RULES = {
    "instagram": DefaultRule(
        weights={
            "visual_score": (0.18, "the feed is looked at first and listened to second"),
            "hook": (0.16, "people decide within a second or two whether to stay"),
            "faces": (0.14, "faces stop the thumb"),
            "colour": (0.10, "a rich picture stands out in the grid"),
            "sharpness": (0.10, "soft pictures look like reposts"),
            "motion": (0.08, "something has to happen"),
            "rhythm": (0.06, "cuts on the beat feel made on purpose"),
            "energy": (0.04, "many watch without sound"),
            "exposure": (0.04, "dark pictures are skipped on small screens"),
            "duration_fit": (0.06, "short reels are watched to the end and shown again"),
            "format_ready": (0.04, "full height fills the screen"),
        },
        limits=Limits(
            min_duration_ms=3_000,
            max_duration_ms=900_000,
            ideal_min_ms=7_000,
            ideal_max_ms=30_000,
            preferred_format=VERTICAL,
            formats=(VERTICAL, SQUARE),
        ),
    ),
    "tiktok": DefaultRule(
        weights={
            "hook": (0.20, "the first second decides more here than anywhere"),
            "motion": (0.16, "still pictures are swiped away"),
            "energy": (0.14, "sound is on, and it carries the clip"),
            "rhythm": (0.14, "cuts on the beat are the language of the place"),
            "faces": (0.10, "people follow people"),
            "variety": (0.08, "change keeps them watching"),
            "visual_score": (0.06, "looks matter, but less than pace"),
            "duration_fit": (0.08, "watched to the end is what is rewarded"),
            "format_ready": (0.04, "anything but full height looks borrowed"),
        },
        limits=Limits(
            min_duration_ms=3_000,
            max_duration_ms=600_000,
            ideal_min_ms=7_000,
            ideal_max_ms=34_000,
            preferred_format=VERTICAL,
            formats=(VERTICAL, SQUARE),
        ),
    ),
    "youtube": DefaultRule(
        weights={
            "visual_score": (0.16, "seen on large screens too"),
            "hook": (0.14, "viewed or swiped away is counted"),
            "energy": (0.12, "music is searched and heard here"),
            "sharpness": (0.12, "softness shows on a television"),
            "variety": (0.10, "people stay longer, so more must happen"),
            "faces": (0.10, "a face makes a thumbnail"),
            "motion": (0.08, "some movement, not only movement"),
            "exposure": (0.06, "dark pictures suffer from its compression"),
            "duration_fit": (0.08, "a Short has room to tell something"),
            "format_ready": (0.04, "only a tall file becomes a Short"),
        },
        limits=Limits(
            min_duration_ms=1_000,
            max_duration_ms=180_000,
            ideal_min_ms=8_000,
            ideal_max_ms=60_000,
            preferred_format=VERTICAL,
            formats=(VERTICAL, SQUARE, LANDSCAPE),
        ),
    ),
}
