"""Shots of real films, against what people marked. Runs where the films are."""

import itertools
import json
from pathlib import Path

import pytest
from django.conf import settings

from media_assets.analysis.framing import frame_clip
from media_assets.analysis.watch import watch

FILMS = Path(settings.BASE_DIR) / ".." / "shared" / "data" / "videos"
TRUTH = FILMS / "ground_truth.json"
pytestmark = pytest.mark.skipif(not TRUTH.exists(), reason="the annotated films are not here")

# Frame-exact on four real films together: 41 of 43 cuts, 1 false (F1 96.5 on 20 November 2026).
REAL = [
    "tears_of_steel_battle.webm",
    "sintel_trailer_720p.mp4",
    "bikes.mp4",
    "nasa_13013_multistream.mp4",
]
EXACT = [
    "elephants_dream_vfr.mp4",
    "derived_promo_1080p.mp4",
    "derived_portrait_hevc10_rot.mov",
    "derived_odd_427x241.webm",
    "friday_4x3_people.mp4",
    "chaplin_pillarbox.mp4",
    "rotate90_buck_bunny.mp4",
]
_seen = {}


def seen_in(name):
    if name not in _seen:
        _seen[name] = watch(FILMS / name)
    return _seen[name]


def marked(name):
    truth = json.loads(TRUTH.read_text())[name]
    return {
        *truth.get("hard", []),
        *truth.get("hard_title_cards", []),
        *truth.get("hard_v1", []),
    }


def found(name):
    return {change.frame for change in seen_in(name).changes if change.kind == "cut"}


def test_cuts_of_real_films_are_found_to_the_frame():
    right = sum(len(marked(name) & found(name)) for name in REAL)
    total = sum(len(marked(name)) + len(found(name)) for name in REAL)
    assert 2 * right / total >= 0.95


@pytest.mark.parametrize("name", EXACT)
def test_no_cut_is_missed_and_none_invented(name):
    assert found(name) == marked(name)


def test_the_white_flash_of_the_promo_is_no_cut():
    assert not {245, 246} & found("derived_promo_1080p.mp4")


def test_the_tempo_of_the_promo_is_found():
    assert seen_in("derived_promo_1080p.mp4").sound.tempo_bpm == pytest.approx(129.2, rel=0.02)


def test_marked_subjects_are_in_the_vertical_window_more_than_in_a_centre_crop():
    """A centre crop holds 0.58 of the 34 marked subjects; ours 0.73 (0.68–0.74 as samples fall)."""
    held, centred = [], []
    for name in REAL[:2]:
        seen = seen_in(name)
        for frame, (left, right) in json.loads(TRUTH.read_text())[name]["subjects"].items():
            at_ms = int(seen.times_ms[int(frame)])
            shot = next(s for s in seen.shots if s.start_ms <= at_ms < s.end_ms)
            framing = frame_clip(seen, shot.start_ms, shot.end_ms)
            window = framing["formats"]["vertical_1080x1920"]
            bars, points = framing["bars"], window["keyframes"]
            centre = _between(points, at_ms - shot.start_ms)
            room = 1 - bars[2] - bars[3]
            held.append(_covered(bars[2] + centre * room, window["window"] * room, left, right))
            centred.append(_covered(0.5, window["window"] * room, left, right))
    assert sum(held) / len(held) >= 0.66
    assert sum(held) / len(held) >= sum(centred) / len(centred) + 0.08


def _between(points, at_ms):
    for (t0, c0), (t1, c1) in itertools.pairwise(points):
        if t0 <= at_ms <= t1 and t1 > t0:
            return c0 + (c1 - c0) * (at_ms - t0) / (t1 - t0)
    return points[-1][1]


def _covered(centre, width, left, right):
    low = min(max(centre - width / 2, 0), 1 - width)
    return max(0.0, min(low + width, right) - max(low, left)) / (right - left)
