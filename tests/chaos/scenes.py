"""What crash points are tried on: a job that is about to run, and how to tell that all went well."""

import hashlib
import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from jobs.models import JOB, Job
from jobs.services import enqueue
from tests.chaos import clock
from tests.chaos.history import read_history
from tests.chaos.house import PROJECT
from tests.chaos.judge import judge, judge_lives
from tests.chaos.outside import World
from tests.chaos.servers import free_port, listens, wait_for

CREATED_IN = set(JOB.states) & {"pending", "scheduled"}


class Scene:
    """afresh: prepared anew for each point, because the world outside is part of it."""

    afresh = False
    job_type = ""

    def __init__(self, name):
        self.name = name.replace(":", "_")
        self.which = name.partition(":")[2] or name

    def open(self, theatre):
        """Whatever stands around the stage."""
        self.folder = theatre.folder

    def close(self):
        """Nothing stands around."""

    def prepare(self):
        """Rows and files, and a job that waits."""
        raise NotImplementedError

    def jobs(self):
        """The jobs that must have ended."""
        return Job.objects.filter(job_type=self.job_type)

    def faults(self):
        """What is wrong in the end, in words."""
        return [*self._lives(), *self.wrong(), *self._left()]

    def wrong(self):
        """What only this scene can know."""
        return []

    def _lives(self):
        history = read_history(self.folder, now=clock.now(), job_type=self.job_type)
        found = judge_lives(history, moves=JOB.moves, created_in=CREATED_IN)
        bad = [job for job in self.jobs() if job.status != "completed"]
        return [*map(str, found), *(f"{job} is {job.status}: {job.error}" for job in bad)]

    def _left(self):
        """Files that are still there when the daily upkeep has been."""
        from media_assets.services.orphans import sweep_orphans
        from media_assets.services.upkeep import sweep_temporaries
        from media_assets.services.uploads import sweep_uploads

        later = timezone.now() + timedelta(days=3)
        found = sweep_orphans(now=later)["files"]
        sweep_temporaries(now=later.timestamp())
        sweep_uploads(now=later)
        work = [str(each) for each in Path(settings.WORK_DIR).rglob("*") if each.is_file()]
        return [f"left in the work folder: {each}" for each in work] + [
            f"an orphan could not be removed: {name}"
            for name in found
            if (Path(settings.MEDIA_ROOT) / name).exists()
        ]


class Trial(Scene):
    """One of the trial app's handlers."""

    def open(self, theatre):
        """With the world outside."""
        super().open(theatre)
        self.job_type = f"trial_{self.which}"
        self.world = World()
        (self.folder / "world").write_text(self.world.url)

    def close(self):
        """The world ends."""
        self.world.close()

    def prepare(self):
        """One order."""
        enqueue(self.job_type, {"name": "one", "times": 1})

    def jobs(self):
        """All of ours, also those that ours enqueue."""
        return Job.objects.filter(job_type__startswith="trial_")

    def faults(self):
        """The judge says."""
        history = read_history(self.folder, now=clock.now())
        return [str(fault) for fault in judge(history, moves=JOB.moves, created_in=CREATED_IN)]


def count_of(event_type):
    """How often the ledger has it."""
    from ledger.models import LedgerEvent

    return LedgerEvent.objects.filter(event_type=event_type).count()


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


class Cut(Scene):
    """cut_analysis of a tiny film."""

    job_type = "cut_analysis"

    def prepare(self):
        """The film, and the search."""
        from media_assets.services.clips import request_analysis
        from tests.render_media import make_film_asset

        with tempfile.TemporaryDirectory() as folder:
            request_analysis(make_film_asset(film(folder)))

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


class Render(Scene):
    """generate_variants of a small format."""

    job_type = "generate_variants"

    def prepare(self):
        """A clip of three seconds."""
        from media_assets.services.formats import add_format
        from media_assets.services.variants import request_variants
        from tests.factories import make_clip
        from tests.render_media import make_film_asset

        add_format(name="small_160x160", width_px=160, height_px=160)
        with tempfile.TemporaryDirectory() as folder:
            video = make_film_asset(film(folder))
        clip = make_clip(video, start_ms=500, end_ms=3500)
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


class Publish(Scene):
    """publish_clip on the simulator, which is a server of its own."""

    afresh = True
    job_type = "publish_clip"

    def open(self, theatre):
        """The simulator, and a video."""
        from tests.media import make_clip_file
        from tests.publishing.simulator import RunningSimulator

        super().open(theatre)
        port = free_port()
        settings.SIMULATOR_URL = f"http://127.0.0.1:{port}"
        self.server = subprocess.Popen(
            [sys.executable, "manage.py", "simulator", "--port", str(port)],
            cwd=PROJECT,
            env=os.environ
            | {
                "STAKAZO_VAR_DIR": str(theatre.stage.folder / "simulator"),
                "STAKAZO_SIMULATOR_DELAY_S": "0",
                "STAKAZO_SIMULATOR_WEBHOOK_URL": "http://127.0.0.1:9",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: listens(port), "the simulator answers")
        self.simulator = RunningSimulator(settings.SIMULATOR_URL)
        self.video = make_clip_file(
            theatre.stage.folder / "small.mp4", seconds=4, size=(540, 960), fps=30
        )

    def close(self):
        """The simulator ends."""
        self.server.kill()
        self.server.wait()

    def prepare(self):
        """A new world, an account and a publication."""
        from tests.publishing.road import wanted

        self.simulator.reset()
        wanted(self.simulator, self.which, self.video)

    def wrong(self):
        """One post, which we know of."""
        from publishing.models import Publication, PublishLog

        (publication,) = Publication.objects.all()
        posts = self.simulator.posts()
        if len(posts) != 1:
            yield f"{len(posts)} posts"
        if publication.status != "published" or count_of("clip_published") != 1:
            yield f"it is {publication.status}, {count_of('clip_published')} × clip_published"
        successes = PublishLog.objects.filter(status="success").count()
        if successes != 1:
            yield f"{successes} logs of a success"


_TRIALS = ("note", "file", "call", "flaky", "snooze", "parent", "steps")
SCENES = {
    **{f"trial:{name}": Trial for name in _TRIALS},
    "take_in_upload": TakeIn,
    "cut_analysis": Cut,
    "generate_variants": Render,
    **{f"publish_clip:{name}": Publish for name in ("instagram", "tiktok", "youtube")},
}
# Not among `all`: a handler that does it wrong, to see that it is found out.
CARELESS = {"careless": Trial}
