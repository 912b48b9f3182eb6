"""The sample music video."""

import hashlib

import av

from media_assets.analysis.watch import watch
from media_assets.sample import BEAT_FRAMES, make_sample, shots_of_sample


def test_the_sample_has_many_shots_that_begin_on_beats():
    shots = shots_of_sample(90)
    assert len(shots) >= 20
    assert all(shot.first % BEAT_FRAMES == 0 for shot in shots)
    assert sum(shot.frames for shot in shots) == 90 * 24


def test_a_part_of_it_plays_and_its_cuts_are_found(tmp_path):
    path = make_sample(tmp_path / "deep" / "sample.mp4", seconds=30)
    with av.open(str(path)) as file:
        assert (file.streams.video[0].width, file.streams.video[0].height) == (1280, 720)
        assert file.streams.audio[0].codec_context.channels == 2
        assert file.duration == 30_000_000
    seen = watch(path)
    true = {shot.first for shot in shots_of_sample(30)[1:]}
    found = {change.frame for change in seen.changes if change.kind == "cut"}
    assert len(true & found) >= 0.9 * len(true)
    assert len(found - true) <= 1
    assert 119 <= seen.sound.tempo_bpm <= 121
    assert [child.name for child in path.parent.iterdir()] == ["sample.mp4"]


def test_the_sample_is_the_same_each_time(tmp_path):
    one = make_sample(tmp_path / "a.mp4", seconds=3).read_bytes()
    two = make_sample(tmp_path / "b.mp4", seconds=3).read_bytes()
    assert hashlib.sha256(one).digest() == hashlib.sha256(two).digest()
