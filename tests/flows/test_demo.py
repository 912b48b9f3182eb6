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
