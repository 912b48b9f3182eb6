"""Failures of rendering.

StakazoError
├── ClipGone       404  the clip, its video or the file is not there any more
├── TextTooLong    400  the title or caption does not fit on the picture
├── FfmpegMissing  500  there is no ffmpeg to run
├── NoSuchEncoder  500  the setting names a video encoder that we do not know
├── RenderFailed   500  ffmpeg ended with an error; another try may work (full disk, killed)
├── RenderTooSlow  503  ffmpeg took longer than any render may
└── BadRender      500  the finished file is not what was ordered
"""

from stakazo.core.errors import InvalidInput, NotFound, StakazoError, Unavailable


class ClipGone(NotFound):
    """The clip, its video or the file is not there any more."""

    code = "media.clip-gone"


class TextTooLong(InvalidInput):
    """The title or caption does not fit on the picture."""

    code = "media.text-too-long"


class FfmpegMissing(StakazoError):
    """There is no ffmpeg to run; the setting STAKAZO_FFMPEG or the package imageio-ffmpeg is wrong."""

    code, permanent = "media.ffmpeg-missing", True


class NoSuchEncoder(StakazoError):
    """The setting STAKAZO_VIDEO_ENCODER names a video encoder that we do not know."""

    code, permanent = "media.no-such-encoder", True


class RenderFailed(StakazoError):
    """ffmpeg ended with an error."""

    code, permanent = "media.render-failed", False


class RenderTooSlow(Unavailable):
    """ffmpeg took longer than any render may, and was ended."""

    code = "media.render-too-slow"


class BadRender(StakazoError):
    """The finished file is not what was ordered."""

    code, permanent = "media.bad-render", False
