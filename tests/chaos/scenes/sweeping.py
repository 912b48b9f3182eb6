"""The sweepers of files: what nobody wants goes, what somebody wants stays, and it is told."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from jobs.services import enqueue
from tests.chaos.scenes.scene import Scene, events, put_file, told_once


class Orphans(Scene):
    """sweep_orphans over three files of nobody, a young one, and those of rows."""

    job_type = "sweep_orphans"
    GONE = ("videos/ab/old.mp4", "variants/c/.v.mp4.part", "thumbnails/old.webp")

    def prepare(self):
        """The files."""
        from tests.factories import make_clip, make_variant, make_video

        make_variant(make_clip(make_video()))
        media = Path(settings.MEDIA_ROOT)
        for name in self.GONE:
            put_file(media / name, days=2)
        put_file(media / "videos/ab/young.mp4")
        enqueue(self.job_type, {})

    def wrong(self):
        """Those of nobody are gone, and the ledger names each."""
        from media_assets.models import ClipVariant, VideoAsset

        media = Path(settings.MEDIA_ROOT)
        for name in self.GONE:
            if (media / name).exists():
                yield f"{name} is still there"
        kept = [
            Path(row.file.path)
            for model in (VideoAsset, ClipVariant)
            for row in model.objects.all()
        ]
        for path in [*kept, media / "videos/ab/young.mp4"]:
            if not path.exists():
                yield f"{path} is gone"
        found, removed = (
            {name for event in events(f"media_orphans_{word}") for name in event.metadata["files"]}
            for word in ("found", "removed")
        )
        if found != set(self.GONE) or removed - found:
            yield f"the ledger names {sorted(found)} as found, {sorted(removed)} as removed"


class Temporaries(Scene):
    """sweep_temporaries of what crashes left in three folders."""

    job_type = "sweep_temporaries"

    def _files(self, kind):
        work, sent = Path(settings.WORK_DIR), Path(settings.FILE_UPLOAD_TEMP_DIR)
        return {
            "old": [work / "render-1" / "a.mp4", work / "b.bytes", sent / "c.upload"],
            "young": [work / "render-2" / "a.mp4", sent / "d.upload"],
            "half": [Path(settings.FETCH_DIR) / "abc.mp4.part"],
        }[kind]

    def prepare(self):
        """The files."""
        for kind, days in (("old", 2), ("young", 0), ("half", 0)):
            for path in self._files(kind):
                put_file(path, days=days)
        enqueue(self.job_type, {})

    def wrong(self):
        """What is old is gone, what is young is not."""
        for path in [*self._files("old"), *self._files("half")]:
            if path.exists():
                yield f"{path} is still there"
        for path in self._files("young"):
            if not path.exists():
                yield f"{path} is gone"


class Uploads(Scene):
    """sweep_uploads: two that nobody finished, one that is under way, a folder of nobody."""

    job_type = "sweep_uploads"

    def prepare(self):
        """The uploads, with a part each."""
        from media_assets.models import Upload
        from media_assets.parts import parts_folder
        from media_assets.services import uploads
        from tests.past_the_ledger import overwrite

        settings.UPLOAD_PART_BYTES = 10_000
        ends = {"late-1": -1, "late-2": -1, "live": 30}
        for name, days in ends.items():
            upload = uploads.start_upload(filename=name, size_bytes=20_000)
            put_file(parts_folder() / str(upload.pk) / "1", content=b"x" * 10_000)
            expires_at = timezone.now() + timedelta(days=days)
            overwrite(Upload.objects.filter(pk=upload.pk), expires_at=expires_at)
        put_file(parts_folder() / "nobody" / "1", days=2)
        enqueue(self.job_type, {})

    def wrong(self):
        """The late ones are over, told once, without their parts; the live one has its part."""
        from media_assets.models import Upload
        from media_assets.parts import parts_folder
        from media_assets.services import uploads

        late = list(Upload.objects.exclude(filename="live"))
        live = Upload.objects.get(filename="live")
        states = {upload.filename: upload.status for upload in [*late, live]}
        if states != {"late-1": "expired", "late-2": "expired", "live": "open"}:
            yield f"the uploads are {states}"
        yield from told_once("upload_expired", late)
        # What a kill left behind an upload that was ended is old enough two days later.
        uploads.sweep_uploads(now=timezone.now() + timedelta(days=2))
        there = [each.name for each in parts_folder().iterdir()]
        if there != [str(live.pk)] or not (parts_folder() / str(live.pk) / "1").exists():
            yield f"parts are left of {there}, not of {live.pk}"
        uploads.abort_upload(live)
