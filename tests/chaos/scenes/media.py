"""Videos, clips, variants, captions."""

import hashlib
import tempfile
import wave
from pathlib import Path

import numpy as np
from django.conf import settings

from tests.chaos.scenes.scene import Scene, count_of, told_once


def film(folder, *, shots=2, frames=72):
    """A film of some seconds with a cut."""
    from tests.render_media import clicks, scene, write_film

    pictures = [
        picture[:, :: (-1) ** seed]
        for seed in range(shots)
        for picture in scene(seed + 1, frames, speed=1 + 3 * seed)
    ]
    sound = clicks(shots * frames / 24)
    return write_film(Path(folder) / "film.mp4", pictures, sound=sound)


def film_asset():
    """The film, taken in."""
    from tests.render_media import make_film_asset

    with tempfile.TemporaryDirectory() as folder:
        return make_film_asset(film(folder))


class Cut(Scene):
    """cut_analysis of a tiny film."""

    job_type = "cut_analysis"

    def prepare(self):
        """The film, and the search."""
        from media_assets.services.clips import request_analysis

        request_analysis(film_asset())

    def wrong(self):
        """Each clip once, with its picture, and a video that is ready."""
        from media_assets.models import Clip, VideoAsset

        (video,) = VideoAsset.objects.all()
        clips = list(Clip.objects.order_by("rank"))
        if video.status != "ready":
            yield f"the video is {video.status}"
        if not clips or [clip.rank for clip in clips] != list(range(1, len(clips) + 1)):
            yield f"clips of ranks {[clip.rank for clip in clips]}"
        if count_of("clip_created") != len(clips):
            yield f"{count_of('clip_created')} × clip_created for {len(clips)} clips"
        if count_of("video_processing_completed") != 1:
            yield f"{count_of('video_processing_completed')} × video_processing_completed"
        for clip in clips:
            if not clip.thumbnail.storage.exists(clip.thumbnail.name):
                yield f"no picture of clip {clip.rank}"


def without_picture(clips):
    """Which of these clips have none in the storage, as JPEG and as WebP."""
    for clip in clips:
        stored, name = clip.thumbnail.storage, str(clip.thumbnail.name)
        for each in (name, f"{name.removesuffix('.jpg')}.webp"):
            if not (name and stored.exists(each) and stored.size(each)):
                yield f"no picture {each!r} of clip {clip.rank}"


class Cover(Scene):
    """cover_clips of two clips that were chosen from a stored analysis."""

    job_type = "cover_clips"

    def prepare(self):
        """The film, what its analysis would have seen, and clips without pictures."""
        from media_assets.analysis.artifact import artifact_name, pack
        from media_assets.rendering.storing import store_bytes
        from media_assets.services.choices import request_covers
        from tests.factories import make_clip
        from tests.seen import make_seen

        video = film_asset()
        name = artifact_name(video.sha256)
        seen = pack(make_seen(6, cuts_s=[3]))
        video.analysis_file = store_bytes(seen, name, work=Path(settings.WORK_DIR))
        video.save(update_fields=["analysis_file"])
        spans = [(0, 2500), (3000, 5500)]
        request_covers(
            [
                make_clip(video, rank=rank, start_ms=start, end_ms=end)
                for rank, (start, end) in enumerate(spans, start=1)
            ]
        )

    def wrong(self):
        """Both have theirs, and nothing else is there."""
        from media_assets.models import Clip

        clips = list(Clip.objects.order_by("rank"))
        yield from without_picture(clips)
        there = [each for each in Path(settings.MEDIA_ROOT).glob("thumbnails/*") if each.is_file()]
        if len(clips) != 2 or len(there) != 4:
            yield f"{len(clips)} clips, {len(there)} pictures"


class Ear:
    """A transcriber that hears one word."""

    def transcribe(self, path, language):
        """The whole recording is one cue."""
        from media_assets.cues import Cue

        with wave.open(str(path)) as file:
            sound = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        yield Cue(0, round(len(sound) / 16), "Harbour")


class Hear(Scene):
    """transcribe of the same film."""

    job_type = "transcribe"

    def prepare(self):
        """The film, and somebody who hears."""
        from media_assets.services.transcribing import request_transcription

        request_transcription(film_asset(), language="en", name="Heard")

    def open(self, theatre):
        """With a transcriber."""
        super().open(theatre)
        settings.TRANSCRIBER = f"{__name__}.Ear"

    def wrong(self):
        """One row, told once, with its very file and no other."""
        from media_assets.ingredients import Captions

        rows = list(Captions.objects.all())
        if len(rows) != 1:
            yield f"{len(rows)} captions"
        yield from told_once("captions_added", rows)
        wanted = sorted(str(row.file.path) for row in rows)
        folder = Path(settings.MEDIA_ROOT) / "captions"
        there = sorted(str(each) for each in folder.rglob("*") if each.is_file())
        if there != wanted:
            yield f"files of captions: {there}, not {wanted}"
        for row in rows:
            if hashlib.sha256(Path(row.file.path).read_bytes()).hexdigest() != row.sha256:
                yield "its file is not what the row says"


class Render(Scene):
    """generate_variants of a small format."""

    job_type = "generate_variants"

    def prepare(self):
        """A clip of three seconds."""
        from media_assets.services.formats import add_format
        from media_assets.services.variants import request_variants
        from tests.factories import make_clip

        add_format(name="small_160x160", width_px=160, height_px=160)
        clip = make_clip(film_asset(), start_ms=500, end_ms=3500)
        request_variants(clip, formats=["small_160x160"], title="Harbour")

    def wrong(self):
        """One row, one event, and its very file."""
        from media_assets.models import ClipVariant

        rows = list(ClipVariant.objects.all())
        if len(rows) != 1 or count_of("clip_variant_generated") != 1:
            yield f"{len(rows)} variants, {count_of('clip_variant_generated')} events"
        for row in rows:
            if hashlib.sha256(Path(row.file.path).read_bytes()).hexdigest() != row.sha256:
                yield "its file is not what the row says"


class TakeIn(Scene):
    """take_in_upload of an upload in parts."""

    job_type = "take_in_upload"

    def prepare(self):
        """All parts are there."""
        from media_assets.services import uploads
        from tests.media import make_clip_file
        from tests.media_assets.test_uploads import sent

        settings.UPLOAD_PART_BYTES = 10_000
        with tempfile.TemporaryDirectory() as folder:
            data = make_clip_file(Path(folder) / "v.mp4", seconds=1).read_bytes()
        upload = uploads.start_upload(filename="v.mp4", size_bytes=len(data))
        uploads.finish_upload(sent(upload, data))

    def wrong(self):
        """One video, told once, with its very bytes, and no part is left."""
        from media_assets.models import Upload, VideoAsset

        videos = list(VideoAsset.objects.all())
        if len(videos) != 1 or count_of("video_uploaded") != 1:
            yield f"{len(videos)} videos, {count_of('video_uploaded')} × video_uploaded"
        if Upload.objects.get().status != Upload.Status.DONE:
            yield f"the upload is {Upload.objects.get().status}"
        for video in videos:
            if hashlib.sha256(Path(video.file.path).read_bytes()).hexdigest() != video.sha256:
                yield "its file is not what the row says"
