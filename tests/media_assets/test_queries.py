"""Named reads."""

import pytest

from media_assets.formats import STANDARD
from media_assets.queries import clips_of_video, clips_ready, media_counts, variants_of_clip
from tests.factories import make_clip, make_variant, make_video

pytestmark = pytest.mark.django_db


def test_clips_of_a_video_come_best_first():
    video = make_video()
    third = make_clip(video, rank=2, visual_score=0.5)
    first, second = make_clip(video, rank=1), make_clip(video, rank=2, visual_score=0.6)
    make_clip()
    assert list(clips_of_video(video)) == [first, second, third]


def test_variants_of_a_clip_come_newest_first():
    old = make_variant()
    new = make_variant(old.clip)
    assert list(variants_of_clip(old.clip)) == [new, old]


def test_a_clip_is_ready_when_it_is_rendered_and_not_put_aside():
    ready = make_variant().clip
    make_variant(ready)
    make_variant(make_clip(status="archived"))
    make_clip()
    assert list(clips_ready()) == [ready]


def test_counts_name_every_state_and_format():
    make_variant(make_clip(make_video(status="ready")))
    make_video(status="failed")
    assert media_counts() == {
        "videos": {"uploaded": 0, "validated": 0, "processing": 0, "ready": 1, "failed": 1},
        "clips": {"ready": 1, "archived": 0},
        "variants": {**dict.fromkeys(STANDARD, 0), "vertical_1080x1920": 1},
    }
