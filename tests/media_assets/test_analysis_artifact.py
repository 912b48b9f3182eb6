"""What one pass saw is kept, and is as good as watching again."""

import dataclasses
import io
import json
import random
import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from jobs.runner import run_job
from media_assets.analysis.artifact import algorithm, artifact_name, edition, pack, unpack
from media_assets.analysis.choosing import Choice, choose_clips
from media_assets.analysis.columns import Columns
from media_assets.analysis.covers import best_moment
from media_assets.analysis.errors import AnalysisDamaged, AnalysisOutdated, NotAnalysed
from media_assets.analysis.framing import frame_clip
from media_assets.analysis.packing import HEAD
from media_assets.analysis.picture import Sample
from media_assets.analysis.rows import Rows
from media_assets.analysis.watch import watch
from media_assets.queries import seen_of
from media_assets.services.clips import request_analysis
from stakazo.core.errors import StakazoError
from tests.render_media import clicks, make_film_asset, scene, write_film

LENGTHS = {"min_ms": 1_000, "max_ms": 3_000}


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    pictures = [p for seed in range(3) for p in scene(seed + 1, 48, speed=1 + 3 * seed)]
    path = tmp_path_factory.mktemp("artifact") / "film.mp4"
    return write_film(path, pictures, sound=clicks(6.0))


@pytest.fixture(scope="module")
def seen(film):
    return watch(film)


def same(one, other):
    """Whether two values are equal to the last bit, arrays and columns included."""
    if isinstance(one, Columns):
        return one.names == other.names and all(same(one[n], other[n]) for n in one.names)
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
    if dataclasses.is_dataclass(one):
        names = [field.name for field in dataclasses.fields(one)]
        return type(one) is type(other) and all(
            same(getattr(one, name), getattr(other, name)) for name in names
        )
    if isinstance(one, (list, tuple, Rows)):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other or (one != one and other != other)  # NaN


def rewritten(content, change):
    """The artifact with its head changed by a function."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    head = json.loads(members[HEAD])
    change(head)
    members[HEAD] = json.dumps(head).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return out.getvalue()


def test_what_was_seen_comes_back_to_the_last_bit(seen):
    packed = pack(seen)
    again = unpack(packed)
    assert same(seen, again)
    assert pack(again) == packed
    assert type(again.source.rate) is Fraction
    assert len(packed) < 400 * len(seen.frames)


def test_clips_framing_and_covers_come_out_the_same_without_the_video(seen):
    again = unpack(pack(seen))
    choice = Choice(count=2, **LENGTHS)
    chosen = choose_clips(seen, choice)
    assert choose_clips(again, choice) == chosen
    for window in chosen.clips:
        span = window.start_ms, window.end_ms
        assert frame_clip(again, *span) == frame_clip(seen, *span)
        assert best_moment(again, *span) == best_moment(seen, *span)


def test_odd_values_survive(seen):
    odd = dataclasses.replace(
        seen,
        samples=Rows(
            Sample,
            [
                dataclasses.replace(seen.samples[0], bars=None, faces=[], sharpness=float("nan")),
                dataclasses.replace(seen.samples[1], bars=(0.1, 0.2, 1 / 3, 0.0)),
            ],
        ),
        changes=[],
        source=dataclasses.replace(seen.source, audio_index=None, sar=Fraction(64, 45)),
    )
    assert same(odd, unpack(pack(odd)))
    nothing = dataclasses.replace(seen, samples=Rows(Sample))
    assert len(unpack(pack(nothing)).samples) == 0


def test_the_artifact_says_how_it_was_made(seen):
    with zipfile.ZipFile(io.BytesIO(pack(seen))) as archive:
        head = json.loads(archive.read(HEAD))
    assert head["edition"] == edition()
    assert head["algorithm"]["shots"]["RULE"]["cuts"]["shortest_shot_frames"] > 0
    assert head["algorithm"]["segments"]["SAMPLE_EVERY_MS"] > 0


def test_damage_is_told_from_age(seen):
    packed = pack(seen)
    with pytest.raises(AnalysisDamaged):
        unpack(packed[: len(packed) // 2])
    with pytest.raises(AnalysisDamaged):
        unpack(b"PK\x03\x04 and nothing more")
    with pytest.raises(AnalysisOutdated, match="0-earlier"):
        unpack(rewritten(packed, lambda head: head.update(edition="0-earlier")))
    with pytest.raises(AnalysisDamaged):
        unpack(rewritten(packed, lambda head: head.update(kind="something else")))


@pytest.mark.parametrize(
    "change",
    [
        lambda head: head["value"].pop("end_ms"),
        lambda head: head["value"].update(end_ms="soon"),
        lambda head: head["value"]["source"].update(sar=[1, 0]),
        lambda head: head["value"]["samples"].update(rows=10**12),
        lambda head: head["value"]["samples"].update(rows=-1),
        lambda head: head["value"]["samples"]["columns"]["at_ms"].update(numbers=10_000),
        lambda head: head["members"][0].__setitem__(0, "|O"),
        lambda head: head["members"][0].__setitem__(1, [10**9, 10**9]),
        lambda head: head["members"].append(["<f4", [1]]),
    ],
)
def test_a_head_that_lies_is_damage(seen, change):
    with pytest.raises(AnalysisDamaged):
        unpack(rewritten(pack(seen), change))


def test_flipped_bytes_never_do_more_than_damage(seen):
    packed, chance = pack(seen), random.Random(7)
    refused = 0
    for _ in range(60):
        broken = bytearray(packed)
        for _ in range(3):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        try:
            unpack(bytes(broken))
        except StakazoError:
            refused += 1
    assert refused >= 50  # the others hit what a ZIP does not need


def test_a_bomb_is_refused_unopened(seen):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(HEAD, b"[" * 80_000_000)
    with pytest.raises(AnalysisDamaged, match="too long"):
        unpack(out.getvalue())


# --- In the storage -------------------------------------------------------------------------------


def analyse(video, **how):
    job = run_job(request_analysis(video, clip_count=1, **how).pk)
    assert job.status == "completed", job.error
    video.refresh_from_db()
    return job


@pytest.mark.django_db(transaction=True)
def test_a_second_analysis_of_the_same_bytes_needs_no_decoding(film, seen, caplog):
    video = make_film_asset(film)
    with pytest.raises(NotAnalysed):
        seen_of(video)
    analyse(video)
    assert video.analysis_file.name == artifact_name(video.sha256)
    assert same(seen_of(video).frames, seen.frames)
    summary = video.analysis
    # What can be opened but shows nothing: a second watching would find that out.
    Path(video.file.path).write_bytes(b"\0" * 64)
    job = run_job(request_analysis(video, fresh=True).pk)
    assert job.error_code == "media.nothing-to-see"
    Path(video.file.path).write_bytes(film.read_bytes())
    stamp = Path(video.analysis_file.path).stat().st_mtime_ns
    analyse(video)
    assert Path(video.analysis_file.path).stat().st_mtime_ns == stamp
    assert video.analysis == summary
    analyse(video, fresh=True)
    assert Path(video.analysis_file.path).stat().st_mtime_ns > stamp
    assert video.analysis == summary


@pytest.mark.django_db(transaction=True)
def test_a_damaged_artifact_is_made_again(film):
    video = make_film_asset(film)
    analyse(video)
    stored = Path(video.analysis_file.path)
    whole = stored.read_bytes()
    stored.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AnalysisDamaged):
        seen_of(video)
    analyse(video)
    assert stored.read_bytes() == whole
    stored.unlink()
    with pytest.raises(AnalysisDamaged, match="gone"):
        seen_of(video)
    assert not list(Path(settings.WORK_DIR).iterdir())


def test_what_decides_how_a_video_is_heard_is_part_of_the_edition():
    named = algorithm()
    assert named["sound.beats"]["TIGHTNESS"] > 0
    assert named["sound.spectra"]["BANDS"] > 0
    assert named["sound.speech"]["SHORTEST_PAUSE_MS"] > 0
