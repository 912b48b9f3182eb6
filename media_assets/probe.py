"""What a video file is: found out in a child process, because uploads are hostile."""

import contextlib
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from django.conf import settings

from media_assets import errors
from media_assets.allowed import DEMUXER_OF
from media_assets.containers import look_at
from stakazo.core.errors import StakazoError

logger = logging.getLogger(__name__)

_CHILD = Path(__file__).with_name("probing") / "child.py"
_MAX_ANSWER_BYTES = 256 * 1024
_REFUSALS: dict[str, type[StakazoError]] = {
    each.code: each
    for each in [
        errors.NoVideoStream,
        errors.CodecNotAccepted,
        errors.Undecodable,
        errors.TooLong,
        errors.TooSmall,
        errors.TooManyPixels,
        errors.TooManyFrames,
        errors.TooManyStreams,
        errors.ProbeStopped,
    ]
}


@dataclass(frozen=True)
class Probe:
    """The facts of a video file.

    container: mp4, mov, mkv, webm, avi. duration_ms: until the last picture of the chosen video stream
    has been shown, read from its packets. width_px, height_px: as players show it, after rotation and
    with square pixels; coded_*: as the decoder gives it. rotation_deg: 0, 90, 180 or 270, clockwise,
    from coded to shown. fps: average; nominal_fps: what the header claims. variable_rate: pictures do
    not follow each other evenly. video_stream, audio_stream: indexes in the file of the streams that
    players play. *_start_ms: when they begin. colour: {range, matrix, primaries, transfer} in the
    numbers of ISO/IEC 23091-2. interlaced: by the first frame. notes: sentences about damage that does not keep us from working.
    """

    container: str
    duration_ms: int
    coded_width_px: int
    coded_height_px: int
    width_px: int
    height_px: int
    sample_aspect: str
    rotation_deg: int
    fps: float
    nominal_fps: float
    variable_rate: bool
    video_stream: int
    video_codec: str
    video_start_ms: int
    pix_fmt: str
    bit_depth: int
    colour: dict[str, int]
    has_audio: bool
    audio_stream: int | None
    audio_codec: str
    audio_channels: int
    audio_rate_hz: int
    audio_start_ms: int
    bit_rate_bps: int
    streams: list[dict[str, Any]]
    notes: list[str]
    probe_ms: int
    interlaced: bool = False

    def as_json(self) -> dict[str, Any]:
        """The facts as JSON data."""
        return asdict(self)


def probe_file(path: Path) -> Probe:
    """The facts of a video that we can work with: frames at its start and further on were decoded.

    Raises what `media_assets.errors` draws under EmptyFile, NotAVideo, TwoFilesInOne, NoVideoStream,
    CodecNotAccepted and BadVideo.
    """
    limits = settings.MEDIA_LIMITS
    outside = look_at(path)
    if outside.claimed_ms and outside.claimed_ms > limits["max_duration_ms"]:
        raise errors.TooLong(
            f"The file claims to last {outside.claimed_ms / 3_600_000:.1f} hours; "
            f"we take up to {limits['max_duration_ms'] / 3_600_000:g}.",
            duration_ms=outside.claimed_ms,
        )
    answer = _ask_child(path, DEMUXER_OF[outside.kind], limits)
    if code := answer.get("refused"):
        kind = _REFUSALS.get(code, errors.Undecodable)
        raise kind(answer["message"], **answer.get("details", {}))
    known = {field.name for field in fields(Probe)}
    facts = {name: value for name, value in answer.items() if name in known}
    facts["notes"] = [*outside.notes, *facts["notes"]]
    return Probe(container=outside.kind, **facts)


def _ask_child(path: Path, demuxer: str, limits: dict[str, Any]) -> dict[str, Any]:
    options = ["-I", "-B"]  # nothing of the environment, nothing written beside the code
    words = [str(_CHILD), str(path.resolve()), demuxer, json.dumps(limits)]
    command = [sys.executable, *options, *words]
    child = subprocess.Popen(  # noqa: S603  our own script; the path is an argument, not a command
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # libav's chatter; what matters comes as an answer
        cwd="/",
        env={"OPENBLAS_NUM_THREADS": "1", "PATH": os.defpath},
        start_new_session=True,
    )
    try:
        said = _read(child, deadline=time.monotonic() + limits["probe_timeout_s"])
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        if child.stdout:
            child.stdout.close()
    if said is None:
        raise errors.ProbeStopped(
            f"Reading the file took longer than {limits['probe_timeout_s']} seconds."
        )
    try:
        answer = json.loads(said)
    except ValueError:
        logger.warning("The probe ended with code %s and no answer", child.returncode)
        raise errors.ProbeStopped("Reading the file broke our reader.") from None
    return dict(answer)


def _read(child: "subprocess.Popen[bytes]", *, deadline: float) -> bytes | None:
    """All that the child says, up to a limit; None when the time is over first."""
    if child.stdout is None:
        raise ValueError("the child has no pipe")
    said = b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(child.stdout, selectors.EVENT_READ)
        while len(said) <= _MAX_ANSWER_BYTES:
            if not waiting.select(max(deadline - time.monotonic(), 0)):
                return None
            chunk = os.read(child.stdout.fileno(), 65536)
            if not chunk:
                break
            said += chunk
    return said
