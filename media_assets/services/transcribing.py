"""Captions that the transcriber writes, as a job."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from jobs.models import Job
from jobs.running import Running
from jobs.services import enqueue
from media_assets.analysis.reading import Source, describe
from media_assets.cues import MOST_CUES, MOST_LETTERS, Cue, clean_text, plain
from media_assets.errors import UnknownIngredient
from media_assets.files import local_file, work_folder
from media_assets.models import VideoAsset, video_correlation
from media_assets.payloads import Transcribe
from media_assets.rendering import ffmpeg
from media_assets.rendering.sounds import input_arguments, seconds
from media_assets.services.captions import checked_language, keep_transcript, shown_name
from media_assets.transcribing import transcriber
from stakazo.core.errors import InvalidInput

RATE_HZ = 16_000


def request_transcription(video: VideoAsset, *, language: str = "", name: str = "") -> Job:
    """Put the hearing of a video in the queue; the same one, waiting or running, is given back.

    Raises NoTranscriber, InvalidInput for a video without sound and for what is no language.
    """
    transcriber()
    language = checked_language(language)
    if not video.audio_codec:
        raise InvalidInput("The video has no sound.")
    return enqueue(
        "transcribe",
        Transcribe(video.pk, language, shown_name(name)),
        dedup_key=f"transcribe:{video.pk}:{language}",
        correlation_id=video_correlation(video.pk),
    )


@dataclass(frozen=True)
class Transcript:
    """What was heard; no row before `save`."""

    video: VideoAsset
    cues: list[Cue]
    language: str
    name: str

    def save(self) -> dict[str, Any]:
        """Keep the captions; runs in the completing transaction."""
        kept = keep_transcript(self.video, self.cues, language=self.language, name=self.name)
        return {"captions_id": str(kept.pk), "cues": len(self.cues)}


def transcribe_video(job: Running[Transcribe]) -> Transcript:
    """Hear the video of this job.

    Raises UnknownIngredient when the video is gone, NoTranscriber, RenderFailed, and what the job
    raises when it must end.
    """
    wanted = job.payload
    video = VideoAsset.objects.filter(pk=wanted.video_asset_id).first()
    if video is None:
        raise UnknownIngredient("The video is gone.", id=str(wanted.video_asset_id))
    hears = transcriber()
    work = work_folder() / f"transcribe-{job.job.pk}-{job.token}"
    work.mkdir(parents=True, exist_ok=True)
    try:
        with local_file(video.file) as path:
            job.stage("listening")
            recording = _recording(path, describe(path), work / "sound.wav", job)
        job.stage("transcribing")
        cues = _heard(hears.transcribe(recording, wanted.language), video, job)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Transcript(video, cues, wanted.language, wanted.name)


def _recording(path: Path, source: Source, recording: Path, job: Running[Transcribe]) -> Path:
    """The sound as transcribers take it; its times are those of the video."""
    if source.audio_index is None:
        raise InvalidInput("The video has no sound.")
    origin = Fraction(source.origin_us, 1_000_000)
    ffmpeg.run_ffmpeg(
        [
            *("-v", "warning", *input_arguments(path, source, 0)),
            "-filter_complex",
            f"[0:{source.audio_index}]asetpts=PTS-{seconds(origin)}/TB,"
            f"aresample={RATE_HZ}:async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=mono[a]",
            *("-map", "[a]", "-c:a", "pcm_s16le", "-f", "wav", f"file:{recording}"),
        ],
        check=job.check,
        wall_limit_s=1800,
    )
    return recording


def _heard(cues: Iterable[Cue], video: VideoAsset, job: Running[Transcribe]) -> list[Cue]:
    """The cues in time order, within the video, in our markup; what has no words is left out."""
    kept = []
    for cue in cues:
        job.progress(0.05 + 0.9 * min(cue.end_ms / video.duration_ms, 1.0))
        text = clean_text(cue.text.splitlines())
        if len(plain(text)) > MOST_LETTERS:
            text = clean_text([plain(text)[:MOST_LETTERS].replace("<", "‹")])
        start, end = max(cue.start_ms, 0), min(cue.end_ms, video.duration_ms)
        if text and end > start:
            kept.append(replace(cue, start_ms=start, end_ms=end, text=text))
    return sorted(kept, key=lambda cue: (cue.start_ms, cue.end_ms))[:MOST_CUES]
