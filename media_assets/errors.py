"""Failures of media.

StakazoError
├── UnknownFormat       400  no render format has this name
├── NoFile              400  the request brings no file
├── UploadIncomplete    400  fewer or more bytes arrived than were announced
├── EmptyFile           400  the file has no bytes
├── LengthRequired      411  an upload that does not say how long it is
├── FileMissing         404  the row is there, its file is not
├── FileTooLarge        413  more bytes than we accept
├── NotAVideo           415  not one of the containers we read
│   └── PlaylistRefused 415  a list of other files, not a video
├── NoVideoStream       415  the container holds no moving picture
├── CodecNotAccepted    415  the picture or the sound is in a codec we do not read
└── BadVideo            422  a video, but not one we can work with
    ├── Truncated            its end is missing
    ├── Undecodable          its frames cannot be decoded
    ├── TooLong, TooSmall, TooManyPixels, TooManyFrames, TooManyStreams
    └── ProbeStopped         reading it took too long or too much memory
"""

from stakazo.core.errors import InvalidInput, NotFound, StakazoError, TooLarge, UnsupportedMedia


class UnknownFormat(InvalidInput):
    """No render format has this name."""

    code = "media.unknown-format"


class NoFile(InvalidInput):
    """The request brings no file, or more than one."""

    code = "media.no-file"


class UploadIncomplete(InvalidInput):
    """Fewer or more bytes arrived than were announced, or the connection ended early."""

    code = "media.upload-incomplete"


class LengthRequired(StakazoError):
    """The upload does not say how many bytes it has."""

    code, http_status = "media.length-required", 411


class EmptyFile(InvalidInput):
    """The file has no bytes."""

    code = "media.empty-file"


class FileMissing(NotFound):
    """The row is there, but its file is not where it was stored."""

    code = "media.file-missing"


class FileTooLarge(TooLarge):
    """The file has more bytes than we accept."""

    code = "media.too-large"


class NotAVideo(UnsupportedMedia):
    """The file is not one of the containers we read: MP4, MOV, MKV, WebM, AVI."""

    code = "media.not-a-video"


class PlaylistRefused(NotAVideo):
    """The file is a list of other files. Reading it would open them, so it is not read."""

    code = "media.playlist-refused"


class NoVideoStream(UnsupportedMedia):
    """The file holds no moving picture: only sound, or only a cover image."""

    code = "media.no-video-stream"


class CodecNotAccepted(UnsupportedMedia):
    """The picture or the sound is in a codec that we do not read."""

    code = "media.codec-not-accepted"


class BadVideo(StakazoError):
    """The file is a video, but not one we can work with."""

    code, http_status = "media.bad-video", 422


class Truncated(BadVideo):
    """The end of the file is missing."""

    code = "media.truncated"


class Undecodable(BadVideo):
    """The frames of the video cannot be decoded."""

    code = "media.undecodable"


class TooLong(BadVideo):
    """The video lasts longer than we accept."""

    code = "media.too-long"


class TooSmall(BadVideo):
    """The picture has too few pixels to be worth anything."""

    code = "media.too-small"


class TooManyPixels(BadVideo):
    """The picture is larger than we accept."""

    code = "media.too-many-pixels"


class TooManyFrames(BadVideo):
    """The video has more frames per second than we accept."""

    code = "media.too-many-frames"


class TooManyStreams(BadVideo):
    """The file has more streams than we accept."""

    code = "media.too-many-streams"


class ProbeStopped(BadVideo):
    """Reading the file took longer or more memory than we allow, or broke our reader."""

    code = "media.probe-stopped"
