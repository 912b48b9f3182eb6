"""Failures of analysis.

StakazoError
├── NothingToSee      422  the file has no picture that can be decoded
├── BadClipCount      400  nobody can have that many clips of one video
└── VideoGone         404  the video, or its file, is not there any more
"""

from stakazo.core.errors import InvalidInput, NotFound, StakazoError


class NothingToSee(StakazoError):
    """The file has no picture that can be decoded."""

    code, http_status, permanent = "media.nothing-to-see", 422, True


class VideoGone(NotFound):
    """The video, or its file, is not there any more."""

    code = "media.video-gone"


class BadClipCount(InvalidInput):
    """Nobody can have that many clips of one video."""

    code = "media.bad-clip-count"
