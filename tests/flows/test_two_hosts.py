"""Two hosts on one PostgreSQL: files travel only through S3, and the end of one host costs nothing.

The hosts are folders of their own with environments of their own, as docs/scaling.md sets them up. They
share the database, the bucket and the secret key.
"""

import contextlib
import os
import signal
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import boto3
import psycopg
import pytest
from psycopg.rows import dict_row

from jobs.processes import descendants_of, send
from tests.flows.house import House, free_ports
from tests.media import make_clip_file

SERVER = os.environ.get("TEST_DATABASE_URL", "")
FORMATS = ["vertical_1080x1920", "square_1080x1080", "landscape_1920x1080"]
KEYS = {"aws_access_key_id": "ada", "aws_secret_access_key": "secret"}

WAITING = "SELECT 1 FROM jobs WHERE job_type = %s AND status <> 'completed'"
HELD = "SELECT worker_id FROM jobs WHERE status = 'processing' AND job_type = 'generate_variants'"

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not SERVER.startswith("postgres"), reason="needs PostgreSQL"),
]


class Host(House):
    """One of the hosts: its own folder and name; the database and the bucket are everybody's."""

    def __init__(self, folder, name, *, database, bucket):
        self.url = database
        super().__init__(
            folder / name,
            DATABASE_URL=database,
            STAKAZO_NODE=name,
            STAKAZO_SECRET_KEY="the same on all hosts, and long enough to be taken seriously",
            STAKAZO_S3_BUCKET=bucket.name,
            STAKAZO_S3_ENDPOINT_URL=bucket.meta.client.meta.endpoint_url,
            STAKAZO_S3_REGION="eu-west-1",
            STAKAZO_S3_ACCESS_KEY="ada",
            STAKAZO_S3_SECRET_KEY="secret",
            AWS_EC2_METADATA_DISABLED="true",
            STAKAZO_CLIPS_PER_VIDEO="2",
            STAKAZO_CLIP_MIN_MS="3000",
            STAKAZO_CLIP_MAX_MS="5000",
            STAKAZO_HEAVY_SLOTS="1",
            STAKAZO_JOB_LEASE_S="4",
            STAKAZO_JOB_HEARTBEAT_S="1",
            STAKAZO_JOB_SCHEDULES_RUN="false",
        )
        (self.var / "log").mkdir(parents=True)

    def work(self):
        """A supervisor with its cluster."""
        with (self.var / "log" / "workers.log").open("ab") as log:
            return self.start("run_workers", "--workers", "2", stdout=log, stderr=log)

    def rows(self, query, *values):
        """Rows of the shared database."""
        with psycopg.connect(self.url, row_factory=dict_row) as onlooker:
            return onlooker.execute(query, values).fetchall()

    def kept_files(self):
        """Media files that it keeps for itself: there must be none."""
        media = self.var / "media"
        return [path for path in media.rglob("*") if path.is_file()] if media.exists() else []


@pytest.fixture
def database():
    """An empty database of its own."""
    name = f"two_hosts_{uuid.uuid4().hex[:12]}"
    parts = urlsplit(SERVER)
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(parts._replace(path=f"/{name}"))
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def bucket(monkeypatch):
    """An empty bucket on a server that speaks S3."""
    from moto.server import ThreadedMotoServer

    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_ports(1)[0], verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    s3 = boto3.resource("s3", endpoint_url=f"http://{host}:{port}", region_name="eu-west-1", **KEYS)
    yield s3.create_bucket(
        Bucket="stakazo-two-hosts",
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    server.stop()


@pytest.fixture
def hosts(tmp_path, database, bucket):
    """Two of them; the database is made ready by the first."""
    both = [Host(tmp_path, name, database=database, bucket=bucket) for name in ("north", "south")]
    code, said = both[0].manage("migrate", "--verbosity", "0")
    assert code == 0, said
    yield both
    for host in both:
        host.tear_down()


def is_ffmpeg(pid):
    with contextlib.suppress(OSError):
        return b"ffmpeg" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]
    return False


def stop(pid):
    send([pid], signal.SIGSTOP)


def test_two_hosts_share_the_work_and_one_survives_the_other(hosts, bucket, tmp_path):
    north, south = hosts
    film = make_clip_file(tmp_path / "film.mp4", seconds=14, size=(640, 360), cuts=3)
    code, said = north.manage("ingest", film)
    assert code == 0, said
    film.unlink()

    far = south.work()
    south.until(lambda: north.rows("SELECT 1 FROM clips"), "south finds clips in north's video")
    south.until(lambda: not north.rows(WAITING, "cut_analysis"), "the search has ended")
    north.python(
        "from media_assets.models import Clip; from media_assets.services import variants\n"
        f"for clip in Clip.objects.all(): variants.request_variants(clip, formats={FORMATS})"
    )

    def caught():
        """The ffmpeg of south's render, stopped so that it never ends."""
        return [pid for pid in descendants_of(far.pid) if is_ffmpeg(pid) and not stop(pid)]

    south.until(caught, "south renders")
    near = north.work()
    # One heavy slot each: south holds one render, north does the other.
    done = "SELECT 1 FROM jobs WHERE job_type = 'generate_variants' AND status = 'completed'"
    north.until(lambda: north.rows(done), "north renders")
    assert [row["worker_id"].split(":")[0] for row in north.rows(HELD)] == ["south"]
    send([far.pid, *descendants_of(far.pid)], signal.SIGKILL)
    far.wait()

    ended = "SELECT status, attempt FROM jobs WHERE job_type = 'generate_variants' ORDER BY attempt"
    north.until(
        lambda: {row["status"] for row in north.rows(ended)} == {"completed"}, "north does the rest"
    )
    assert [row["attempt"] for row in north.rows(ended)] == [1, 2]
    variants = north.rows("SELECT file FROM clip_variants")
    stored = {each.key for each in bucket.objects.filter(Prefix="variants/")}
    assert len(variants) == 2 * len(FORMATS)
    assert {row["file"] for row in variants} == {key for key in stored if key.endswith(".mp4")}
    assert north.kept_files() == south.kept_files() == []

    near.terminate()
    assert near.wait(60) == 0
    assert north.is_empty()
    assert south.is_empty()
