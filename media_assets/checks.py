"""What must hold before we start, so that it does not fail at night."""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import imageio_ffmpeg
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register


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
