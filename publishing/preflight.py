"""What a platform would refuse, found before it is asked. Pure: facts in, problems out.

The limits are a table with a date, because platforms change them; sources stand beside each row.
"""

import re
from dataclasses import dataclass, field

from publishing.platforms.base import Content

MIB = 1024**2
LIMITS_OF = "2026-11"


@dataclass(frozen=True)
class FileFacts:
    """What preflight knows about the file."""

    duration_ms: int
    width_px: int
    height_px: int
    fps: float
    size_bytes: int


@dataclass(frozen=True)
class Limits:
    """What a platform takes. None: it names no such limit. Characters are UTF-16 units where told."""

    name: str
    source: str
    min_duration_ms: int
    max_duration_ms: int
    max_bytes: int
    min_fps: float
    max_fps: float
    min_side_px: int
    max_width_px: int
    max_height_px: int
    max_caption: int
    caption_unit: str = "characters"  # or "bytes", "UTF-16 units"
    max_title: int = 100
    title_needed: bool = False
    max_hashtags: int | None = None
    max_mentions: int | None = None
    forbidden: str = ""
    privacy: frozenset[str] = field(default_factory=frozenset)


LIMITS = {
    "instagram": Limits(
        name="Instagram",
        source="developers.facebook.com IG User/media, reels",
        min_duration_ms=3_000,
        max_duration_ms=15 * 60_000,
        max_bytes=300 * MIB,  # an older page says 1 GB; the stricter one is safe
        min_fps=23,
        max_fps=60,
        min_side_px=1,
        max_width_px=1920,
        max_height_px=19_200,
        max_caption=2200,
        max_hashtags=30,
        max_mentions=20,
        privacy=frozenset({"public"}),
    ),
    "tiktok": Limits(
        name="TikTok",
        source="developers.tiktok.com Content Posting API, media transfer guide",
        min_duration_ms=3_000,
        max_duration_ms=10 * 60_000,
        max_bytes=4 * 1024 * MIB,
        min_fps=23,
        max_fps=60,
        min_side_px=360,
        max_width_px=4096,
        max_height_px=4096,
        max_caption=2200,
        caption_unit="UTF-16 units",
        privacy=frozenset({"public", "private"}),
    ),
    "youtube": Limits(
        name="YouTube",
        source="developers.google.com/youtube/v3 videos.insert; unverified channels",
        min_duration_ms=1_000,
        max_duration_ms=15 * 60_000,
        max_bytes=256 * 1024 * MIB,
        min_fps=1,
        max_fps=60,
        min_side_px=1,
        max_width_px=7680,
        max_height_px=7680,
        max_caption=5000,
        caption_unit="bytes",
        title_needed=True,
        forbidden="<>",
        privacy=frozenset({"public", "unlisted", "private"}),
    ),
}


@dataclass(frozen=True)
class Problem:
    """One thing the platform would refuse. field: as in the API; message: limit and cure."""

    field: str
    message: str


def problems(platform: str, file: FileFacts, content: Content) -> list[Problem]:
    """Everything that the platform would refuse; empty when it would take it."""
    limits = LIMITS[platform]
    return [*_of_file(limits, file), *_of_text(limits, content)]


def _of_file(limits: Limits, file: FileFacts) -> list[Problem]:
    found = []

    def wrong(message: str) -> None:
        found.append(Problem("clip_variant_id", f"{limits.name} {message}"))

    seconds = file.duration_ms / 1000
    if file.duration_ms < limits.min_duration_ms:
        wrong(
            f"takes videos from {limits.min_duration_ms / 1000:g} s; this one has {seconds:.1f} s. "
            "Choose a longer clip."
        )
    if file.duration_ms > limits.max_duration_ms:
        wrong(
            f"takes videos up to {limits.max_duration_ms / 60_000:g} min; this one has "
            f"{seconds / 60:.1f} min. Choose a shorter clip."
        )
    if file.size_bytes > limits.max_bytes:
        wrong(
            f"takes files up to {limits.max_bytes // MIB} MiB; this one has "
            f"{file.size_bytes // MIB} MiB. Render it with a lower rate or choose a shorter clip."
        )
    # 29.97 may be probed as 29.98; a hundredth is no reason to refuse.
    if not limits.min_fps - 0.01 <= file.fps <= limits.max_fps + 0.01:
        wrong(
            f"takes {limits.min_fps:g} to {limits.max_fps:g} frames per second; this one has "
            f"{file.fps:g}. Render it with a frame rate in that range."
        )
    if min(file.width_px, file.height_px) < limits.min_side_px:
        wrong(
            f"takes sides from {limits.min_side_px} px; this one is {file.width_px}×"
            f"{file.height_px}. Choose a larger format."
        )
    if file.width_px > limits.max_width_px or file.height_px > limits.max_height_px:
        wrong(
            f"takes at most {limits.max_width_px}×{limits.max_height_px} px; this one is "
            f"{file.width_px}×{file.height_px}. Choose a smaller format."
        )
    return found


def _of_text(limits: Limits, content: Content) -> list[Problem]:
    found = []
    length = _length(content.caption, limits.caption_unit)
    if length > limits.max_caption:
        found.append(
            Problem(
                "caption",
                f"{limits.name} takes captions up to {limits.max_caption} {limits.caption_unit}; "
                f"this one has {length}. Shorten it by {length - limits.max_caption}.",
            )
        )
    for sign, most, what in (
        ("#", limits.max_hashtags, "hashtags"),
        ("@", limits.max_mentions, "mentions"),
    ):
        count = len(re.findall(rf"(?<!\w){sign}\w+", content.caption))
        if most is not None and count > most:
            found.append(
                Problem(
                    "caption",
                    f"{limits.name} takes up to {most} {what}; this caption has {count}. "
                    f"Remove {count - most}.",
                )
            )
    if limits.title_needed and not content.title.strip():
        found.append(Problem("title", f"{limits.name} needs a title. Write one."))
    if len(content.title) > limits.max_title:
        found.append(
            Problem(
                "title",
                f"{limits.name} takes titles up to {limits.max_title} characters; this one has "
                f"{len(content.title)}. Shorten it.",
            )
        )
    for name, text in (("title", content.title), ("caption", content.caption)):
        if bad := sorted(set(limits.forbidden) & set(text)):
            found.append(
                Problem(name, f"{limits.name} does not take {' or '.join(bad)}. Remove it.")
            )
    if content.privacy not in limits.privacy:
        found.append(
            Problem(
                "privacy",
                f"{limits.name} knows {', '.join(sorted(limits.privacy))}; not "
                f"{content.privacy!r}. Choose one of those.",
            )
        )
    return found


def _length(text: str, unit: str) -> int:
    if unit == "bytes":
        return len(text.encode())
    if unit == "UTF-16 units":
        return len(text.encode("utf-16-le")) // 2
    return len(text)
