"""`manage.py demo`: the whole road, as a newcomer sees it."""

import hashlib
import json
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from tests.flows.house import House, free_ports
from tests.media import make_clip_file

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.timeout(900),
]

KEYS = {"video_asset", "jobs", "clips", "variants", "publications", "campaign", "ledger"}
SIZES = {
    "vertical_1080x1920": (1080, 1920),
    "square_1080x1080": (1080, 1080),
    "landscape_1920x1080": (1920, 1080),
}
WORK = "job_type IN ('cut_analysis', 'generate_variants', 'publish_clip')"


class Demo:
    """A house in which the demo runs, and runs again."""

    def __init__(self, folder):
        self.house = House(
            folder,
            STAKAZO_CLIPS_PER_VIDEO="2",
            STAKAZO_CLIP_MIN_MS="3000",
            STAKAZO_CLIP_MAX_MS="4000",
            STAKAZO_SIMULATOR_DELAY_S="0.2",
        )
        self.folder = folder

    def run(self, video, name):
        """(exit code, what it said, its summary or None)."""
        web, simulator = free_ports(2)
        summary = self.folder / f"{name}.json"
        code, said = self.house.manage(
            *("demo", "--video", video, "--summary", summary),
            *("--port", web, "--simulator-port", simulator),
        )
        return code, said, json.loads(summary.read_text()) if summary.exists() else None

    def state(self):
        """What a run that fails must leave as it was."""
        tables = ["video_assets", "clips", "clip_variants", "publications", "publish_logs"]
        rows = {table: self.house.rows(f"SELECT * FROM {table} ORDER BY id") for table in tables}
        rows["jobs"] = self.house.rows(f"SELECT id, status FROM jobs WHERE {WORK} ORDER BY id")
        rows["posts"] = self.house.posts()
        files = [path for folder in ("media", "work", "uploads") for path in self.files(folder)]
        return rows, {str(path): path.stat().st_mtime_ns for path in files}

    def files(self, folder):
        return sorted(path for path in (self.house.var / folder).rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    demo = Demo(tmp_path_factory.mktemp("demo"))
    yield demo
    demo.house.tear_down()


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "Harbour lights.mp4"
    return make_clip_file(path, seconds=8, size=(640, 360), cuts=1)


@pytest.fixture(scope="module")
def first(demo, video):
    """The summary of the first run, which ended well."""
    code, said, summary = demo.run(video, "first")
    assert code == 0, said + demo.house.log()
    assert "Done in" in said
    return summary


def test_the_summary_has_the_promised_keys(first):
    assert first.keys() == KEYS
    assert first["video_asset"]["status"] == "ready"
    assert {job["status"] for job in first["jobs"]} == {"completed"}
    assert first["clips"]
    for clip in first["clips"]:
        assert clip.keys() == {"id", "start_ms", "end_ms", "visual_score", "reasons"}
        assert 0 <= clip["start_ms"] < clip["end_ms"] <= 8_100
        assert 0 <= clip["visual_score"] <= 1
        assert clip["reasons"]
    for variant in first["variants"]:
        assert variant.keys() == {
            *("id", "clip_id", "format", "path", "width", "height", "duration_ms", "sha256"),
        }
    for publication in first["publications"]:
        assert publication.keys() == {"id", "platform", "status", "external_post_id", "url"}
    assert first["campaign"]["status"] == "active"
    assert first["ledger"].keys() == {"events", "by_type"}
    assert first["ledger"]["events"] == sum(first["ledger"]["by_type"].values())
    assert first["ledger"]["by_type"]["clip_published"] == 3


def test_each_clip_has_a_file_per_format_that_is_what_it_says(first):
    made = {(variant["clip_id"], variant["format"]) for variant in first["variants"]}
    assert made == {(clip["id"], name) for clip in first["clips"] for name in SIZES}
    for variant in first["variants"]:
        path = Path(variant["path"])
        assert hashlib.sha256(path.read_bytes()).hexdigest() == variant["sha256"]
        assert (variant["width"], variant["height"]) == SIZES[variant["format"]]
        assert decoded(path) == ""


def decoded(path):
    """What ffmpeg complains of when it decodes the whole file."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-i", str(path)]
    done = subprocess.run(
        [*command, "-f", "null", "-"], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stderr


def test_each_platform_shows_the_clip_once_with_the_very_bytes(demo, first):
    published = {row["platform"]: row for row in first["publications"]}
    assert sorted(published) == ["instagram", "tiktok", "youtube"]
    assert {row["status"] for row in published.values()} == {"published"}
    posts = demo.house.posts()
    assert sorted(post["platform"] for post in posts) == sorted(published)
    best = first["clips"][0]["id"]
    ours = {v["sha256"] for v in first["variants"] if v["clip_id"] == best}
    assert {post["sha256"] for post in posts} <= ours
    assert all(row["url"] and row["external_post_id"] for row in published.values())


def test_nothing_runs_on_afterwards(demo, first):
    assert demo.house.is_empty()


def test_a_second_run_finds_everything_and_does_nothing_twice(demo, first, video):
    posts, files = demo.house.posts(), demo.state()[1]
    code, said, second = demo.run(video, "second")
    assert code == 0, said
    for part in ("clips", "variants", "publications"):
        assert [row["id"] for row in second[part]] == [row["id"] for row in first[part]]
    assert second["video_asset"]["id"] == first["video_asset"]["id"]
    assert second["campaign"]["id"] == first["campaign"]["id"]
    assert demo.house.posts() == posts
    assert demo.state()[1] == files
    renders = [job for job in second["jobs"] if job["job_type"] == "generate_variants"]
    assert {job["result"]["rendered"] for job in renders} == {0}
    assert demo.house.is_empty()


def test_a_broken_video_is_refused_in_words_and_leaves_nothing(demo, first, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"This is a letter, not a film.\n" * 100)
    before = demo.state()
    code, said, summary = demo.run(broken, "broken")
    assert code == 1
    assert "not a video" in said
    assert "Traceback" not in said
    assert summary is None
    assert demo.state() == before
    assert demo.house.is_empty()


def test_one_correlation_id_follows_the_video_from_upload_to_campaign(demo, first):
    rows = demo.house.rows(
        "SELECT DISTINCT event_type FROM ledger_events WHERE correlation_id = ?",
        first["video_asset"]["id"],
    )
    assert {row["event_type"] for row in rows} >= {
        *("video_uploaded", "video_processing_completed", "job_created", "clip_created"),
        *("clip_variant_generated", "publication_created", "publish_attempt_succeeded"),
        *("clip_published", "campaign_created", "clip_chosen", "campaign_started"),
    }


CHAINS = """
import json
from ledger.causes import causes_of
from ledger.models import LedgerEvent
for name in ("clip_created", "clip_variant_generated", "clip_published"):
    for event in LedgerEvent.objects.filter(event_type=name):
        chain = [event, *causes_of(event)]
        print(json.dumps([[each.event_type, each.actor.partition(":")[0]] for each in chain]))
"""


def test_every_result_knows_its_chain_of_causes_through_all_processes(demo, first):
    chains = [json.loads(line) for line in demo.house.python(CHAINS).splitlines()]
    begun_by = {}
    for chain in chains:
        types = [name for name, _ in chain]
        assert types[1:3] == ["job_processing_started", "job_created"] or (
            types[1:4] == ["job_processing_started", "job_snoozed", "job_processing_started"]
        ), types
        begun_by.setdefault(types[0], set()).add(chain[-1][1])
        begun_by.setdefault(types[-1], set())
    assert begun_by.pop("clip_created") == {"user"}
    assert begun_by.pop("clip_variant_generated") == {"user"}
    assert begun_by.pop("clip_published") <= {"user", "platform"}
    # A person's request, or what a platform told us by itself.
    assert set(begun_by) <= {
        "video_uploaded",
        "job_created",
        "publication_created",
        "webhook_received",
    }


def test_no_secret_of_the_house_is_in_its_ledger_spool_or_log(demo, first):
    house = demo.house
    simulator = house.var / "simulator.sqlite3"
    secrets = {row["id"] for row in house.rows("SELECT id FROM tokens", database=simulator)}
    drafts = house.rows("SELECT upload_key FROM drafts", database=simulator)
    secrets |= {row["upload_key"] for row in drafts if row["upload_key"]}
    secrets.add((house.var / "secret_key").read_text().strip())
    assert len(secrets) >= 4
    assert all(len(secret) >= 8 for secret in secrets)
    columns = house.rows("SELECT * FROM ledger_events")
    texts = {"ledger": "\n".join(str(value) for row in columns for value in row.values())}
    for path in [*house.var.glob("log/*"), *house.var.glob("ledger-spool/*")]:
        texts[path.name] = path.read_text(errors="replace")
    assert len(texts) > 2
    for place, text in texts.items():
        assert [secret for secret in secrets if secret in text] == [], place
    for sign in ("eyJ", "access_token=", "Bearer ", "@"):
        assert sign not in texts["ledger"]
