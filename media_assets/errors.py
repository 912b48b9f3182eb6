"""Failures of media.

StakazoError
├── UnknownFormat       400  no render format has this name, or it is retired
├── BadFormat           400  a render format cannot be like this
├── OutsideFormat       400  the clip is shorter or longer than the format allows
├── NoFile              400  the request brings no file
├── UploadIncomplete    400  fewer or more bytes arrived than were announced
├── EmptyFile           400  the file has no bytes
├── PartsMissing        409  not all parts of the upload have arrived
├── UploadOver          409  the upload takes no more parts
├── OffsetMismatch      409  bytes for another place than the upload has come to
├── UploadGone          410  the upload was called off, or took too long
├── BadProtocolVersion  412  another version of tus than we speak
├── UploadBusy          423  somebody else is sending bytes of the upload
├── ChecksumMismatch    460  the bytes are not those of their checksum
├── LengthRequired      411  an upload that does not say how long it is
├── BadFocus            400  a focus point is outside of the clip, the picture or every shot
├── BadSpan             400  the span is no part of the video, too short or too long
├── UnknownIngredient   400  no captions, watermark, video or card has the id that a render names
├── FileMissing         404  the row is there, its file is not
├── NoFilmstrip         404  no filmstrip of the video was drawn yet
├── NoTranscriber       409  nothing is set up that could write captions
├── FileDamaged         500  the storage gives other bytes than were put there
├── FileTooLarge        413  more bytes than we accept
├── NotAVideo           415  not one of the containers we read
│   └── PlaylistRefused 415  a list of other files, not a video
├── TwoFilesInOne       415  another file hides in the video
├── NoVideoStream       415  the container holds no moving picture
├── NotCaptions         415  neither SRT nor WebVTT
├── NotAPicture         415  none of the pictures we read
├── BadCaptions         422  captions, but none that can be shown
├── BadPicture          422  a picture, but not one we can work with
├── CodecNotAccepted    415  the picture or the sound is in a codec we do not read
└── BadVideo            422  a video, but not one we can work with
    ├── Truncated            its end is missing
    ├── Encrypted            it has a copy protection
    ├── Undecodable          its frames cannot be decoded
    ├── TooLong, TooSmall, TooManyPixels, TooManyFrames, TooManyStreams
    └── ProbeStopped         reading it took too long or too much memory
"""

from stakazo.core.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    StakazoError,
    TooLarge,
    UnsupportedMedia,
)


class BadFocus(InvalidInput):
    """A focus point is outside of the clip, of the picture or of every shot."""

    code = "media.bad-focus"


class UnknownFormat(InvalidInput):
    """No render format has this name, or it is retired."""

    code = "media.unknown-format"


class BadFormat(InvalidInput):
    """A render format cannot be like this; each wrong field is named."""

    code = "media.bad-format"


class OutsideFormat(InvalidInput):
    """The clip is shorter or longer than a format allows."""

    code = "media.outside-format"


class BadSpan(InvalidInput):
    """The span is no part of the video, or too short or too long for a clip."""

    code = "media.bad-span"


class NoFile(InvalidInput):
    """The request brings no file, or more than one."""

    code = "media.no-file"


class UploadIncomplete(InvalidInput):
    """Fewer or more bytes arrived than were announced, or the connection ended early."""

    code = "media.upload-incomplete"


class PartsMissing(Conflict):
    """Not all parts of the upload have arrived, or not with the size they must have."""

    code = "media.parts-missing"


class UploadOver(Conflict):
    """The upload takes no more parts: it is finished, called off or too old."""

    code = "media.upload-over"


class OffsetMismatch(Conflict):
    """Bytes for another place than the upload has come to."""

    code = "media.offset-mismatch"


class UploadGone(StakazoError):
    """The upload was called off, or nobody finished it in time."""

    code, http_status = "media.upload-gone", 410


class BadProtocolVersion(StakazoError):
    """The request speaks another version of tus than we do, or none."""

    code, http_status = "media.tus-version", 412


class UploadBusy(StakazoError):
    """Another request is sending bytes of the same upload."""

    code, http_status, permanent = "media.upload-busy", 423, False


class ChecksumMismatch(StakazoError):
    """The bytes are not those of their checksum; none of them was kept. 460 is tus's own status."""

    code, http_status, permanent = "media.checksum-mismatch", 460, False


class LengthRequired(StakazoError):
    """The upload does not say how many bytes it has."""

    code, http_status = "media.length-required", 411


class EmptyFile(InvalidInput):
    """The file has no bytes."""

    code = "media.empty-file"


class FileMissing(NotFound):
    """The row is there, but its file is not where it was stored."""

    code = "media.file-missing"


class UnknownIngredient(InvalidInput):
    """No captions, watermark, video or card has the id that the render names."""

    code = "media.unknown-ingredient"


class NoTranscriber(Conflict):
    """Nothing is set up that could write captions, or what is set up cannot work."""

    code = "media.no-transcriber"


class NotCaptions(UnsupportedMedia):
    """The file is neither SRT nor WebVTT."""

    code = "media.not-captions"


class BadCaptions(StakazoError):
    """The file is captions, but none that can be shown."""

    code, http_status = "media.bad-captions", 422


class NotAPicture(UnsupportedMedia):
    """The file is none of the pictures we read: PNG, WebP, JPEG."""

    code = "media.not-a-picture"


class BadPicture(StakazoError):
    """The file is a picture, but not one we can work with."""

    code, http_status = "media.bad-picture", 422


class FileDamaged(StakazoError):
    """The storage gives other bytes than were put there, or lost some on the way."""

    code, http_status, permanent = "media.file-damaged", 500, False


class NoFilmstrip(NotFound):
    """No filmstrip of the video was drawn yet; its analysis draws one."""

    code = "media.no-filmstrip"


class FileTooLarge(TooLarge):
    """The file has more bytes than we accept."""

    code = "media.too-large"


class NotAVideo(UnsupportedMedia):
    """The file is not one of the containers we read: MP4, MOV, MKV, WebM, AVI."""

    code = "media.not-a-video"


class PlaylistRefused(NotAVideo):
    """The file is a list of other files. Reading it would open them, so it is not read."""

    code = "media.playlist-refused"


class TwoFilesInOne(UnsupportedMedia):
    """Another file, such as an archive or a web page, hides in the video or behind its end."""

    code = "media.two-files-in-one"


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


class Encrypted(BadVideo):
    """The video has a copy protection."""

    code = "media.encrypted"


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
