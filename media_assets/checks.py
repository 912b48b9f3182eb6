"""What must hold before we start, so that it does not fail at night."""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import imageio_ffmpeg
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils.module_loading import import_string
from PIL import ImageFont

from media_assets.analysis.faces import open_model
from media_assets.rendering.encoders import ENCODERS, X264, trial_arguments
from media_assets.rendering.ffmpeg import run_ffmpeg
from media_assets.transcribing import KNOWN
from media_assets.whisper import what_is_missing
from stakazo.core.errors import StakazoError

TRIAL_S = 30


@register("media")
def ffmpeg_is_there(**more: Any) -> list[CheckMessage]:
    """The ffmpeg that renders can be run."""
    binary = settings.FFMPEG_BINARY
    try:
        found = shutil.which(binary) if binary else imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        found = None
    if found:
        return []
    return [
        Error(
            "There is no ffmpeg to render with.",
            hint="Set STAKAZO_FFMPEG to its path, or leave it empty for the one that pip installed.",
            id="media.E001",
        )
    ]


@register("media")
def the_encoder_works(**more: Any) -> list[CheckMessage]:
    """The video encoder of the setting is one we know, and this machine has it. x264 always is there."""
    name = settings.VIDEO_ENCODER
    if name not in ENCODERS:
        return [
            Error(
                f"STAKAZO_VIDEO_ENCODER is {name!r}, which is no encoder that we know.",
                hint=f"One of: {', '.join(ENCODERS)}.",
                id="media.E005",
            )
        ]
    if name == X264.name:
        return []
    try:
        run_ffmpeg(trial_arguments(ENCODERS[name]), wall_limit_s=TRIAL_S)
    except StakazoError as error:
        return [
            Error(
                f"This machine cannot encode with {name}: {error.message}",
                hint="Look at its driver and at the rights on its device, or set"
                " STAKAZO_VIDEO_ENCODER=libx264. Nothing falls back by itself.",
                id="media.E005",
            )
        ]
    return []


@register("media")
def face_model_can_be_used(**more: Any) -> list[CheckMessage]:
    """The face model, where one is set, is a file that OpenCV opens as one."""
    if not settings.FACE_MODEL:
        return []
    try:
        open_model(settings.FACE_MODEL)
    except cv2.error as error:
        said = str(error).strip().splitlines()[-1]
    else:
        return []
    return [
        Error(
            f"STAKAZO_FACE_MODEL is no model that finds faces: {said}",
            hint="Give the path of a YuNet ONNX file, or leave it empty for OpenCV's own cascade.",
            id="media.E010",
        )
    ]


@register("media")
def work_is_not_served(**more: Any) -> list[CheckMessage]:
    """Files in the making do not lie where files are served from."""
    root = Path(settings.MEDIA_ROOT).resolve()
    return [
        Error(
            f"{name} lies inside MEDIA_ROOT, so unfinished and unchecked files would be served.",
            hint="Put it beside MEDIA_ROOT, on the same disk.",
            id="media.E002",
        )
        for name in ("WORK_DIR", "FILE_UPLOAD_TEMP_DIR")
        if Path(getattr(settings, name)).resolve().is_relative_to(root)
    ]


@register("media")
def limits_are_limits(**more: Any) -> list[CheckMessage]:
    """Every limit of MEDIA_LIMITS is a number above nought."""
    return [
        Error(f"MEDIA_LIMITS[{name!r}] must be above nought.", id="media.E003")
        for name, value in settings.MEDIA_LIMITS.items()
        if value <= 0
    ]


@register("media")
def platforms_can_fetch_files(**more: Any) -> list[CheckMessage]:
    """Live platforms fetch files from us: our address must be one that they can reach."""
    at = urlsplit(settings.BASE_URL)
    loopback = at.hostname in ("localhost", "127.0.0.1", "::1")
    if not settings.STAKAZO_LIVE or settings.S3_BUCKET or (at.scheme == "https" and not loopback):
        return []
    return [
        Warning(
            f"Live platforms cannot fetch files from {settings.BASE_URL}.",
            hint="Set STAKAZO_BASE_URL to our public https address, or keep files on S3.",
            id="media.W004",
        )
    ]


@register("media")
def the_transcriber_is_there(**more: Any) -> list[CheckMessage]:
    """The transcriber that the setting names can be had, with its model; nothing is downloaded."""
    name = settings.TRANSCRIBER
    if not name:
        return []
    missing, hint = "", "Set STAKAZO_TRANSCRIBER to faster-whisper or to the path of a class."
    if name == "faster-whisper":
        missing = what_is_missing()
        hint = "Run `pip install faster-whisper` and point STAKAZO_WHISPER_MODEL at a local model."
    else:
        try:
            import_string(KNOWN.get(name, name))
        except ImportError as error:
            missing = f"{name!r} cannot be imported: {error}."
    return (
        [Error(f"There is no transcriber. {missing}", hint=hint, id="media.E005")]
        if missing
        else []
    )


@register("media")
def fonts_are_fonts(**more: Any) -> list[CheckMessage]:
    """Every font that the settings name can be drawn with."""
    wrong = []
    for path in settings.FONTS:
        try:
            ImageFont.truetype(path, 20)
        except OSError:
            wrong.append(path)
    return [
        Error(
            f"{path} is no font file that we can read.",
            hint="STAKAZO_FONTS lists TrueType or OpenType files.",
            id="media.E006",
        )
        for path in wrong
    ]
