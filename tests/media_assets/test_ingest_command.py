"""manage.py ingest."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from ledger.models import LedgerEvent
from media_assets.models import VideoAsset
from tests.media import make_clip_file

pytestmark = pytest.mark.django_db


def run(*arguments):
    """(exit code, what it printed)."""
    out = io.StringIO()
    try:
        call_command("ingest", *map(str, arguments), stdout=out, stderr=out)
    except SystemExit as ended:
        return ended.code, out.getvalue()
    return 0, out.getvalue()


def test_files_are_brought_in(tmp_path):
    one, two = make_clip_file(tmp_path / "one.mp4"), make_clip_file(tmp_path / "two.mp4", seconds=1)
    code, said = run(one, two, "--json")
    answer = json.loads(said)
    assert (code, answer["failed"]) == (0, [])
    assert [each["title"] for each in answer["videos"]] == ["one", "two"]
    assert all(each["created"] and each["job_id"] for each in answer["videos"])
    assert set(LedgerEvent.objects.values_list("actor", flat=True)) == {"command:ingest"}


def test_twice_is_once(tmp_path):
    made = make_clip_file(tmp_path / "one.mp4")
    run(made)
    code, said = run(made, "--title", "Other")
    assert (code, VideoAsset.objects.count()) == (0, 1)
    assert "known as" in said


def test_what_is_refused_is_said_and_the_rest_goes_on(tmp_path):
    bad = tmp_path / "bad.mp4"
    bad.write_text("no")
    code, said = run(bad, tmp_path / "none.mp4", make_clip_file(tmp_path / "good.mp4"))
    assert code == 1
    assert "This is not a video file." in said
    assert "There is no file at" in said
    assert VideoAsset.objects.get().title == "good"


def test_one_title_is_for_one_file(tmp_path):
    with pytest.raises(CommandError) as wrong:
        call_command("ingest", "a.mp4", "b.mp4", "--title", "x")
    assert wrong.value.returncode == 2


def test_a_dry_run_checks_and_keeps_nothing(tmp_path, settings):
    good, bad = make_clip_file(tmp_path / "good.mp4"), tmp_path / "bad.mp4"
    bad.write_text("no video")
    code, said = run(good, bad, "--json", "--dry-run")
    answer = json.loads(said)
    assert (code, answer["videos"][0]["created"], answer["videos"][0]["id"]) == (1, True, None)
    assert answer["failed"][0]["code"] == "media.not-a-video"
    assert (VideoAsset.objects.count(), LedgerEvent.objects.count()) == (0, 0)
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []
