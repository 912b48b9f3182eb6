"""How pictures are encoded: x264 on the processor, or a hardware encoder that the setting names.

Which encoder it is belongs to the recipe, for each makes other bytes. None falls back to another: a
machine that cannot do what its setting says is told so when it starts (media_assets/checks.py).
"""

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from django.conf import settings

from media_assets.formats import RenderFormat
from media_assets.rendering.errors import NoSuchEncoder

GOP_S = 2  # platforms cut and start at key frames
AUDIO_BPS = 160_000
# (level, most macroblocks of a picture, most of a second): table A-1 of ITU-T H.264
LEVELS = [
    ("3.1", 3_600, 108_000),
    ("4.1", 8_192, 245_760),
    ("4.2", 8_704, 522_240),
    ("5.1", 36_864, 983_040),
    ("5.2", 36_864, 2_073_600),
]


@dataclass(frozen=True)
class Encoder:
    """An H.264 encoder as ffmpeg calls it.

    options: what it is told beside quality, rate and GOP. quality: the name of its option for constant
    quality, and what to add to a crf of x264 for about the same picture. before: arguments that open
    its device. filters: from yuv420p to what it takes. exact: equal input gives equal bytes.
    """

    name: str
    options: dict[str, Any]
    quality: tuple[str, float]
    before: tuple[str, ...] = ()
    filters: str = ""
    exact: bool = False
    pixels: str = "yuv420p"

    @property
    def recipe(self) -> dict[str, Any]:
        """All of it that determines bytes."""
        return {name: value for name, value in asdict(self).items() if name != "exact"} | {
            "gop_s": GOP_S,
            "audio_bps": AUDIO_BPS,
        }


# Measured in docs/decisions/0011: whole-pixel search without psychovisual weights makes the VMAF of
# superfast's own settings in the same bytes for a seventh less CPU and two fifths less memory. Each
# frame of look-ahead takes 18 MB in three formats (docs/decisions/0018).
X264 = Encoder(
    "libx264",
    {
        "-preset:v": "superfast",
        "-x264-params:v": "rc-lookahead=5:mbtree=1:subme=0:psy=0:aq-mode=2:aq-strength=0.5",
        "-bf:v": 3,
        "-threads:v": 1,  # one each: less CPU and memory than one for all, and the same bytes anywhere
    },
    ("-crf:v", -1.0),
    exact=True,
)
ENCODERS = {
    each.name: each
    for each in [
        X264,
        Encoder(
            "h264_nvenc",
            {"-preset:v": "p4", "-rc:v": "vbr", "-bf:v": 2, "-forced-idr:v": 1, "-strict_gop:v": 1},
            ("-cq:v", 2),
        ),
        Encoder(
            "h264_qsv",
            {"-preset:v": "medium", "-bf:v": 2, "-idr_interval:v": 0},
            ("-global_quality:v", 2),
            pixels="nv12",
        ),
        Encoder(
            "h264_vaapi",
            {"-rc_mode:v": "QVBR", "-bf:v": 2, "-idr_interval:v": 0},
            ("-global_quality:v", 2),
            before=("-vaapi_device", "/dev/dri/renderD128"),
            filters="format=nv12,hwupload",
            pixels="vaapi",
        ),
        Encoder(
            "h264_videotoolbox",
            {"-realtime:v": 0, "-bf:v": 2},
            ("-q:v", 0),  # its scale is 1 to 100, higher is better; see picture_arguments
        ),
    ]
}


def chosen_encoder() -> Encoder:
    """The encoder of this installation. Raises NoSuchEncoder."""
    name = settings.VIDEO_ENCODER
    if name not in ENCODERS:
        raise NoSuchEncoder(f"{name!r} is none of {', '.join(ENCODERS)}.", encoder=name)
    return ENCODERS[name]


def level_of(width_px: int, height_px: int, rate: Fraction) -> str:
    """The lowest level of H.264 that a picture of this size and rate fits in."""
    blocks = -(-width_px // 16) * -(-height_px // 16)
    for level, most, most_per_s in LEVELS:
        if blocks <= most and blocks * rate <= most_per_s:
            return level
    return LEVELS[-1][0]


def picture_arguments(
    encoder: Encoder, wanted: RenderFormat, rate: Fraction, rate_bps: int
) -> list[str]:
    """What encodes one picture track. rate_bps: bits per second at its peak."""
    option, shift = encoder.quality
    quality = 100 - 2 * wanted.crf if option == "-q:v" else wanted.crf + shift
    options: dict[str, Any] = {
        "-c:v": encoder.name,
        **encoder.options,
        "-profile:v": "high",
        "-level:v": level_of(wanted.width_px, wanted.height_px, rate),
        option: quality,
        "-maxrate:v": rate_bps,
        "-bufsize:v": 2 * rate_bps,
        "-g:v": max(1, int(GOP_S * rate)),
        "-flags:v": "+cgop+bitexact",
        "-color_range:v": "tv",
        "-color_primaries:v": "bt709",
        "-color_trc:v": "bt709",
        "-colorspace:v": "bt709",
        "-fps_mode:v": "passthrough",
    }
    if not encoder.filters:
        options["-pix_fmt:v"] = encoder.pixels
    return [str(part) for pair in options.items() for part in pair]


def trial_arguments(encoder: Encoder) -> list[str]:
    """A command that encodes a few grey frames, to see whether the machine can."""
    trial = RenderFormat("trial", 320, 240)
    return [
        *("-v", "error", *encoder.before, "-f", "lavfi", "-i", "color=gray:s=320x240:r=25:d=0.4"),
        *("-vf", encoder.filters or "null"),
        *picture_arguments(encoder, trial, Fraction(25), 2_000_000),
        *("-f", "null", "-"),
    ]


def sound_arguments() -> list[str]:
    """What encodes a sound track."""
    return [
        "-c:a",
        "aac",
        "-b:a",
        str(AUDIO_BPS),
        "-ar:a",
        "48000",
        "-ac:a",
        "2",
        "-flags:a",
        "+bitexact",
    ]


# No edit lists, for players and platforms read them differently; the index in front.
MP4_ARGUMENTS = [
    *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"),
    *("-use_editlist", "0", "-movflags", "+faststart+negative_cts_offsets", "-f", "mp4"),
]
