"""Stored files that no row knows: found, named, and taken away when they are old enough."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from ledger.models import LedgerEvent
from media_assets.files import remove_file
from media_assets.models import ClipVariant
from media_assets.services.orphans import sweep_orphans
from tests.factories import make_clip, make_variant, make_video

pytestmark = pytest.mark.django_db


def left_behind(settings, name, *, days=2):
    """A file in the storage, written so many days ago."""
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"12345")
    then = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(path, (then, then))
    return path


def test_what_a_kill_left_goes_after_a_day(settings):
    old = left_behind(settings, "videos/ab/old.mp4")
    half = left_behind(settings, "variants/c/.v.mp4.part")
    young = left_behind(settings, "videos/ab/young.mp4", days=0.9)
    found = sweep_orphans()
    assert (found["removed"], found["bytes"]) == (2, 10)
    assert set(found["files"]) == {"videos/ab/old.mp4", "variants/c/.v.mp4.part"}
    assert [each.exists() for each in (old, half, young)] == [False, False, True]
    event = LedgerEvent.objects.get(event_type="media_orphans_removed")
    assert event.metadata["removed"] == 2
    assert sweep_orphans()["removed"] == 0
    assert LedgerEvent.objects.filter(event_type="media_orphans_removed").count() == 1


def test_a_sweep_that_is_killed_takes_nothing_away_that_was_not_told(settings, monkeypatch):
    class Killed(BaseException):
        """No handler of ours may catch it."""

    def remove_and_die(name):
        remove_file(name)
        raise Killed

    paths = [left_behind(settings, f"videos/ab/{name}.mp4") for name in "ab"]
    monkeypatch.setattr("media_assets.services.orphans.remove_file", remove_and_die)
    with pytest.raises(Killed):
        sweep_orphans()
    assert [path.exists() for path in paths] == [False, True]
    event = LedgerEvent.objects.get(event_type="media_orphans_found")
    assert event.metadata["files"] == ["videos/ab/a.mp4", "videos/ab/b.mp4"]
    monkeypatch.undo()
    assert sweep_orphans()["files"] == ["videos/ab/b.mp4"]


def test_what_a_row_names_stays_however_old():
    video = make_video()
    variant = make_variant(make_clip(video))
    later = timezone.now() + timedelta(days=400)
    assert sweep_orphans(now=later) == {"checked": 2, "removed": 0, "bytes": 0, "files": []}
    assert Path(video.file.path).exists()
    assert Path(variant.file.path).exists()


def test_what_stands_in_the_json_of_a_row_stays(settings):
    path = left_behind(settings, "thumbnails/cover.webp")
    variant = make_variant()
    ClipVariant.objects.filter(pk=variant.pk).update(facts={"covers": ["thumbnails/cover.webp"]})
    assert sweep_orphans()["removed"] == 0
    assert path.exists()


def test_what_lies_beside_a_file_of_a_row_stays(settings):
    """A cover is stored twice, and its row names one of the two."""
    path = left_behind(settings, "thumbnails/c.webp")
    other = left_behind(settings, "thumbnails/d.webp")
    make_clip(thumbnail="thumbnails/c.jpg")
    assert sweep_orphans()["files"] == ["thumbnails/d.webp"]
    assert (path.exists(), other.exists()) == (True, False)


def test_files_named_after_their_content_and_those_of_others_are_left(settings):
    kept = [left_behind(settings, name) for name in ("captions/x.vtt", "notes.txt")]
    assert sweep_orphans()["checked"] == 0
    assert all(each.exists() for each in kept)


def test_a_dry_run_names_them_and_takes_nothing(settings, capsys):
    path = left_behind(settings, "videos/ab/old.mp4")
    call_command("sweep_media", "--dry-run")
    assert "videos/ab/old.mp4" in capsys.readouterr().out
    assert path.exists()
    call_command("sweep_media")
    said = capsys.readouterr().out
    assert "1 of 1 stored files belonged to nothing (5 bytes)." in said
    assert not path.exists()


def test_a_file_taken_up_at_the_last_moment_stays(settings, monkeypatch):
    """Its row is written after the list was made."""
    from media_assets.services import orphans

    path = left_behind(settings, "videos/ab/late.mp4")
    really = orphans.named_by_rows

    def then_a_row(names):
        known = really(names)
        monkeypatch.setattr(orphans, "named_by_rows", really)
        make_video().__class__.objects.update(file="videos/ab/late.mp4")
        return known

    monkeypatch.setattr(orphans, "named_by_rows", then_a_row)
    assert "videos/ab/late.mp4" not in sweep_orphans()["files"]
    assert path.exists()
