"""The hostile corpus through the real door: refused in words, or taken in; and nothing else happens."""

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.test import Client

from jobs.models import Job
from jobs.runner import run_job
from media_assets import probe
from media_assets.models import VideoAsset
from tests.factories import make_user
from tests.media_assets.hostile import Lure, corpus
from tests.media_assets.hostile.lures import lures_in
from tests.media_assets.hostile.reader import Reader

pytestmark = pytest.mark.django_db

CORPUS = corpus()
# What an operator need not know, and what must not be told: our paths, our tools, their words.
JARGON = re.compile(
    r"ffmpeg|libav|avformat|moov|mdat|atom|ebml|errno|traceback|none\b|null|\bnan\b|0x|/|\\|_|exception",
    re.IGNORECASE,
)
# Damaged in ways that let them in: what becomes of them afterwards must end too.
ANALYSED = [
    "bomb-scale-0", "bomb-mkv-scale-huge", "odd-edit-empty-huge", "odd-matrix-nought", "flip-mov-payload-2",
]  # fmt: skip


@pytest.fixture
def browser():
    client = Client()
    client.force_login(make_user("ada"))
    return client


@pytest.fixture
def lures(settings):
    with lures_in(Path(settings.WORK_DIR)) as found:
        yield found


@pytest.fixture(scope="module")
def reader():
    server = Reader()
    yield server
    server.close()


def files_below(*folders):
    return {each for folder in folders for each in Path(folder).rglob("*") if each.is_file()}


def test_the_corpus_is_large_and_always_the_same():
    assert len(CORPUS) >= 300
    drawn = [each for each in CORPUS if each.name.startswith(("list", "kind", "flip-mkv"))]
    assert [each.make(Lure()) for each in drawn] == [each.make(Lure()) for each in corpus() if each.name in {d.name for d in drawn}]  # fmt: skip


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda each: each.name)
def test_a_hostile_file_is_refused_in_words_or_taken_in(
    browser, lures, reader, settings, tmp_path, monkeypatch, hostile
):
    if CORPUS.index(hostile) % 3:
        monkeypatch.setattr(probe, "_ask_child", reader.ask)
    body = hostile.make(lures.lure)
    before = files_below(tmp_path, django_settings.FILE_UPLOAD_TEMP_DIR)
    answer = browser.post(
        f"/upload?{urlencode({'filename': hostile.filename})}",
        body,
        content_type="video/mp4",
        CONTENT_TYPE="video/mp4",  # the client leaves it out where there is no body
    )
    said = answer.json()
    stored = set()
    if answer.status_code == 201:
        outcome = "processed"
        video = VideoAsset.objects.get()
        stored = {Path(video.file.path)}
        assert Path(video.file.path).read_bytes() == body
        assert (video.status, Job.objects.count()) == ("validated", 1)
        assert 0 < video.duration_ms <= settings.MEDIA_LIMITS["max_duration_ms"]
        assert video.fps <= settings.MEDIA_LIMITS["max_fps"]
        assert not set(video.original_filename) & set("/\\\0\r\n\u202e\x1b")
    else:
        outcome = "refused"
        assert answer.status_code in (400, 413, 415, 422)
        assert set(said) == {"code", "message", "details", "request_id"}
        assert said["code"].startswith("media.")
        assert re.fullmatch(r"[A-Z][^\n]{15,200}\.", said["message"])
        assert not JARGON.search(said["message"])
        assert str(tmp_path) not in str(said)
        assert (VideoAsset.objects.count(), Job.objects.count()) == (0, 0)
    assert hostile.expected in ("either", outcome), said
    assert hostile.code in ("", said.get("code")), said
    assert files_below(tmp_path, django_settings.FILE_UPLOAD_TEMP_DIR) - before == stored
    assert lures.taken() == []


@pytest.mark.parametrize("name", ANALYSED)
def test_what_was_taken_in_is_analysed_to_an_end(browser, lures, name):
    (hostile,) = [each for each in CORPUS if each.name == name]
    answer = browser.post("/upload", hostile.make(lures.lure), content_type="video/mp4")
    assert answer.status_code == 201
    job = Job.objects.get()
    run_job(job.pk)
    job.refresh_from_db()
    assert job.status in (Job.Status.COMPLETED, Job.Status.FAILED)
    assert not [each for each in job.attempts.all() if "Traceback" in each.traceback]
    assert lures.taken() == []


def test_the_lures_notice_who_takes_them(lures):
    """Else the tests above prove nothing."""
    lures.files[0].read_bytes()
    assert lures.taken() == ["canary.mp4"]
    assert lures.taken() == []
