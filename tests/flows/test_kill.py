"""kill -9 in the middle of the work: afterwards everything is done, and done once."""

import signal
import uuid
from pathlib import Path

import httpx
import pytest

from jobs.processes import descendants_of, parents, send
from tests.flows.house import House, free_ports
from tests.media import make_clip_file

pytestmark = [pytest.mark.any_database, pytest.mark.timeout(900)]

FORMATS = ["vertical_1080x1920", "square_1080x1080", "landscape_1920x1080"]
POINTS = {
    "instagram": "instagram.media_publish",
    "tiktok": "tiktok.commit",
    "youtube": "youtube.commit",
}


class Works(House):
    """A house whose workers are killed."""

    def __init__(self, folder):
        self.simulator_port, *_ = free_ports(1)
        self.simulator = f"http://127.0.0.1:{self.simulator_port}"
        super().__init__(
            folder,
            STAKAZO_CLIPS_PER_VIDEO="1",
            STAKAZO_CLIP_MIN_MS="3000",
            STAKAZO_CLIP_MAX_MS="6000",
            STAKAZO_JOB_LEASE_S="3",
            STAKAZO_JOB_HEARTBEAT_S="1",
            STAKAZO_SIMULATOR_URL=self.simulator,
            STAKAZO_SIMULATOR_WEBHOOK_URL="http://127.0.0.1:9",
            STAKAZO_SIMULATOR_DELAY_S="0.1",
        )
        self.log_dir = self.var / "log"
        self.log_dir.mkdir(parents=True)

    def begin(self, name, *words):
        """Start a command whose words go to the log."""
        with (self.log_dir / f"{name}.log").open("ab") as log:
            return self.start(*words, stdout=log, stderr=log)

    def kill(self, workers, *, but=()):
        """kill -9 of a supervisor and of everything below it."""
        below = {pid for pid in descendants_of(workers.pid) if pid not in but}
        send([workers.pid, *below], signal.SIGKILL)
        workers.wait()

    def job(self, job_type):
        """The one job of this type."""
        (row,) = self.rows("SELECT * FROM jobs WHERE job_type = ?", job_type)
        return row

    def completed(self, job_type):
        """Wait until every job of this type is completed."""
        query = "SELECT DISTINCT status FROM jobs WHERE job_type = ?"
        self.until(
            lambda: [row["status"] for row in self.rows(query, job_type)] == ["completed"],
            f"{job_type} is completed",
        )

    def outcomes(self, job_type):
        """How each try at the jobs of this type ended."""
        return [
            row["outcome"]
            for row in self.rows(
                "SELECT outcome FROM job_attempts a JOIN jobs j ON a.job_id = j.id"
                " WHERE j.job_type = ? ORDER BY a.fencing_token",
                job_type,
            )
        ]

    def events(self, **where):
        """Types of events, oldest first."""
        test = " AND ".join(f"{name} = ?" for name in where)
        found = self.rows(f"SELECT * FROM ledger_events WHERE {test} ORDER BY id", *where.values())
        return [row["event_type"] for row in found]


@pytest.fixture
def works(tmp_path):
    house = Works(tmp_path)
    assert house.manage("migrate", "--verbosity", "0")[0] == 0
    yield house
    house.tear_down()


def ffmpegs(below):
    """Those of the processes that are an ffmpeg."""
    found = set()
    for pid in below:
        try:
            name = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]
        except OSError:
            continue
        if b"ffmpeg" in Path(name.decode()).name.encode():
            found.add(pid)
    return found


def test_a_render_that_is_killed_is_done_once_after_the_restart(works, tmp_path):
    film = make_clip_file(tmp_path / "film.mp4", seconds=9, size=(640, 360), cuts=2)
    workers = works.begin("workers", "run_workers", "--workers", "2")
    code, said = works.manage("ingest", film)
    assert code == 0, said
    works.completed("cut_analysis")
    works.python(
        "from media_assets.models import Clip; from media_assets.services import variants;"
        f"variants.request_variants(Clip.objects.get(), formats={FORMATS})"
    )

    def rendering():
        job = works.job("generate_variants")
        assert job["status"] in ("pending", "processing"), job
        return job["stage"] == "rendering" and ffmpegs(descendants_of(workers.pid))

    rendering_now = works.until(rendering, "it renders")
    works.kill(workers, but=rendering_now)  # ffmpeg has to notice by itself
    works.until(lambda: not rendering_now & parents().keys(), "ffmpeg is gone")
    assert works.is_empty()
    assert works.job("generate_variants")["status"] == "processing"
    assert works.rows("SELECT * FROM clip_variants") == []

    again = works.begin("workers", "run_workers", "--workers", "2")
    works.completed("generate_variants")
    job = works.job("generate_variants")
    assert job["attempt"] == 2
    assert works.outcomes("generate_variants") == ["lost", "done"]
    rows = works.rows("SELECT * FROM clip_variants")
    assert sorted(row["format"] for row in rows) == sorted(FORMATS)
    files = sorted(path for path in (works.var / "media/variants").rglob("*") if path.is_file())
    assert sorted(row["file"] for row in rows) == [
        str(path.relative_to(works.var / "media")) for path in files
    ]
    assert not list((works.var / "work").iterdir())
    assert works.events(entity_type="job", entity_id=in_full(job["id"])) == [
        "job_created",
        "job_processing_started",
        "job_retry_scheduled",
        "job_processing_started",
        "job_processing_completed",
    ]
    for row in rows:
        assert works.events(entity_id=in_full(row["id"])) == ["clip_variant_generated"]
    again.terminate()
    assert again.wait(60) == 0
    assert works.is_empty()


def in_full(hexes):
    """A UUID as the ledger writes it."""

    return str(uuid.UUID(hexes))


def test_a_post_whose_answer_never_came_is_found_not_repeated(works, small_video):
    """The platform has the post, the worker that made it is killed before it hears so."""
    simulator = works.begin("simulator", "simulator", "--port", works.simulator_port)
    works.until(lambda: answers(works.simulator), "the simulator answers")
    for point in POINTS.values():
        fault = {"point": point, "fault": "timeout_after", "seconds": 600}
        httpx.post(f"{works.simulator}/_control/inject", json=fault).raise_for_status()
    works.python(
        "from publishing.services.accounts import connect_simulator_accounts;"
        "from publishing.services.publications import create_publication;"
        "from tests.publishing.road import real_variant;"
        f"v = real_variant({str(small_video)!r});"
        "[create_publication(v, a, title='Harbour', caption='Harbour lights')"
        " for a in connect_simulator_accounts()]"
    )
    workers = works.begin("workers", "run_workers", "--workers", "3")
    works.until(lambda: len(works.posts()) == 3, "the simulator has all three")
    phases = works.rows("SELECT status FROM publications")
    assert {row["status"] for row in phases} == {"publishing"}
    works.kill(workers)

    again = works.begin("workers", "run_workers", "--workers", "3")
    works.until(
        lambda: (
            {row["status"] for row in works.rows("SELECT status FROM publications")}
            == {"published"}
        ),
        "all three are known to be published",
    )
    posts = works.posts()
    assert sorted(post["platform"] for post in posts) == sorted(POINTS)
    assert {row["status"] for row in works.rows("SELECT status FROM publish_logs")} == {"success"}
    assert len(works.rows("SELECT * FROM publish_logs")) == 3
    assert works.events(event_type="clip_published") == ["clip_published"] * 3
    ours = {row["external_post_id"] for row in works.rows("SELECT * FROM publications")}
    assert len(ours) == 3
    works.completed("publish_clip")
    for process in (again, simulator):
        process.terminate()
        process.wait(60)
    assert works.is_empty()


def answers(url):
    """Whether somebody answers there."""
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
