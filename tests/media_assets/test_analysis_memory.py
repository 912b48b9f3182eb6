"""An analysis takes as much memory for hours of video as for minutes, and nothing else changes by it."""

import dataclasses
import tempfile
import tracemalloc

import numpy as np
import pytest

from media_assets.analysis import tracks
from media_assets.analysis.artifact import write
from media_assets.analysis.choosing.curves import Curves as Measured
from media_assets.analysis.columns import Columns
from media_assets.analysis.hearing import hear
from media_assets.analysis.picture import Sample
from media_assets.analysis.reading import main_audio, main_video, opened, packets_of
from media_assets.analysis.rows import Rows
from media_assets.analysis.segments import COLUMNS
from media_assets.analysis.series import STRETCH, Series, deviation, smoothed, stretches
from media_assets.analysis.sound.beats import find_pulse
from media_assets.analysis.sound.spectra import HOPS_A_SECOND, Curves
from media_assets.analysis.sound.speech import tell_apart
from media_assets.analysis.splitting import lay_out
from media_assets.analysis.subjects import Face
from tests.media import ffmpeg
from tests.media_assets.test_analysis_artifact import same
from tests.seen import make_seen

MB = 1024 * 1024
TWO_HOURS_S, SIX_HOURS_S = 2 * 3600, 6 * 3600


@pytest.fixture
def most_mb():
    """Call it: megabytes that Python and numpy held at most since the last call."""
    tracemalloc.start()
    before = [0]

    def told():
        now, peak = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        grown, before[0] = (peak - before[0]) / MB, now
        return grown

    told()
    yield told
    tracemalloc.stop()


def a_sample(number, *, faces=()):
    line = np.full(64, number, np.float32)
    return Sample(
        330 * number, 8 * number, 5.0, 8.0, 110.0, 45.0, 0.1, (0.1, 0.1, 0.0, 0.0),
        line, line + 1, line + 2, line + 3, list(faces), bool(number % 4), None,
    )  # fmt: skip


# --- As much for hours as for minutes -------------------------------------------------------------


def test_samples_of_two_hours_are_a_few_megabytes(most_mb):
    face = Face(0.5, 0.4, 0.1, 0.2)
    samples = Rows(Sample)
    for number in range(TWO_HOURS_S * 2):  # as objects: 22 MB
        samples.append(a_sample(number, faces=[face] * (number % 2)))
    assert most_mb() < 8
    assert samples[-1].at_ms == 330 * (len(samples) - 1)
    seen = dataclasses.replace(make_seen(4), samples=samples, end_ms=samples[-1].at_ms)
    most_mb()
    with tempfile.TemporaryFile() as file:
        write(seen, file)
    assert most_mb() < 8


def test_curves_of_six_hours_are_worked_out_one_by_one(most_mb):
    frames = Columns(**COLUMNS)
    short = make_seen(60)
    for minute in range(SIX_HOURS_S // 60):
        part = Columns.of({name: short.frames[name].copy() for name in short.frames.names})
        part["at_us"][:] += minute * 60_000_000
        frames.extend(part)
    seen = dataclasses.replace(short, frames=frames, end_ms=SIX_HOURS_S * 1000)
    most_mb()
    Measured(seen)
    assert most_mb() < 70


def test_two_hours_of_sound_take_little_more_than_ten_minutes(most_mb):
    taken = {}
    for seconds in (600, TWO_HOURS_S):
        curves = curves_of(seconds)
        most_mb()
        pulse = find_pulse(curves)
        talk = tell_apart(curves, pulse.clarity)
        taken[seconds] = most_mb()
        assert abs(pulse.tempo_bpm - 120.2) < 0.5
        assert len(talk.silences_ms) == seconds // 60
    assert taken[TWO_HOURS_S] < taken[600] + 15, taken  # at once: 45 more


def curves_of(seconds):
    """A beat of 120 a minute, a second of silence in each minute, nothing else."""
    chance = np.random.default_rng(1)
    hops = round(seconds * HOPS_A_SECOND)
    curves = [Series(kind) for kind in (*[np.float32] * 2, *[np.float16] * 4)]
    for first, end in stretches(hops):
        at = np.arange(first, end)
        flux = 0.1 * chance.random(len(at), np.float32) + 0.6 * (at % 43 < 2)
        level = np.where(at / HOPS_A_SECOND % 60 < 1, -70.0, -20.0)
        for curve, values in zip(
            curves, (flux, flux / 2, level, *[chance.random(len(at)) / 9] * 3), strict=True
        ):
            curve.extend(values)
    return Curves(*curves)


# --- And the same to the last bit -----------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 700, STRETCH, STRETCH + 1, 3 * STRETCH + 12_345])
def test_stretches_add_up_to_the_whole(count):
    values = np.random.default_rng(count).random(count, np.float32)
    kept = Series(np.float32)
    for first in range(0, count, 50_000):
        kept.extend(values[first : first + 50_000])
    assert [*stretches(count)][-1][1] == count
    assert deviation(kept) == values.astype(np.float64).std()
    for kernel in (np.ones(43, np.float32) / 43, np.ones(3, np.float32) / 3):
        if count >= len(kernel):
            parts = [smoothed(kept, kernel, first, end) for first, end in stretches(count)]
            assert same(np.concatenate(parts), np.convolve(values, kernel, mode="same"))


def test_rows_come_back_as_they_were_in_memory_and_from_the_disk():
    face = Face(0.5, 0.4, 0.1, 0.2)
    made = [a_sample(number, faces=[face] * (number % 3)) for number in range(3000)]
    made[7] = dataclasses.replace(
        made[7], bars=None, sharpness=float("nan"), letters=(0, 0.5, 0, 1)
    )
    rows = Rows(Sample, made)
    assert same(rows[::-1], made[::-1])
    assert [each.frame for each in rows.between("frame", 80, 97)] == [80, 88, 96]
    assert [*rows.values("searched")] == [sample.searched for sample in made]
    with pytest.raises(IndexError):
        rows[3000]


def test_arrays_of_different_shapes_are_kept_too():
    odd = [
        dataclasses.replace(a_sample(n), motion_x=np.arange(n, dtype=np.float32)) for n in (3, 3, 5)
    ]
    assert same(list(Rows(Sample, odd)), odd)


# --- Long files -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """20 s of picture; sound that begins late, and a second, silent one; the table at the end."""
    path = tmp_path_factory.mktemp("memory") / "film.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=size=128x72:rate=25:duration=20"),
        *("-itsoffset", "0.4", "-f", "lavfi", "-i", "sine=frequency=300:beep_factor=4:duration=19"),
        *("-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", "20"),
        *("-map", "0", "-map", "1", "-map", "2", "-c:v", "libx264", "-preset", "ultrafast"),
        *("-bf", "2", "-g", "50", "-c:a", "aac", path),
    )
    return path


@pytest.fixture
def short_tables(monkeypatch):
    """Tracks are thought long from 200 samples on, and keep 100."""
    monkeypatch.setattr(tracks, "WORTH_SAMPLES", 200)
    monkeypatch.setattr(tracks, "KEPT_SAMPLES", 100)


def facts(container):
    return [
        container.start_time,
        container.duration,
        *(
            (s.type, s.index, s.id, s.start_time, s.duration, s.time_base)
            for s in container.streams
        ),
    ]


def packets(container, stream):
    return [
        (bytes(each), each.pts, each.dts, each.duration, each.is_keyframe, each.is_discard)
        for each in packets_of(container, stream)
    ]


@pytest.mark.parametrize(("handler", "of"), [(b"vide", main_video), (b"soun", main_audio)])
def test_the_track_that_is_read_is_whole_and_the_others_are_short(film, short_tables, handler, of):
    other = main_audio if of is main_video else main_video
    assert tracks.view_of(film, handler) is not None
    with opened(film) as whole, opened(film, handler=handler) as view:
        assert facts(view) == facts(whole)
    with opened(film) as whole, opened(film, handler=handler) as view:
        assert packets(view, of(view)) == packets(whole, of(whole))
    with opened(film) as whole, opened(film, handler=handler) as view:
        assert 100 <= len(packets(view, other(view))) < len(packets(whole, other(whole))) / 2


def test_what_is_laid_out_and_heard_is_the_same(film, monkeypatch):
    plain = lay_out(film), hear(film)
    monkeypatch.setattr(tracks, "WORTH_SAMPLES", 200)
    monkeypatch.setattr(tracks, "KEPT_SAMPLES", 100)
    for one, other in zip(plain, (lay_out(film), hear(film)), strict=True):
        assert same(one, other)
    assert plain[1].sound.audible


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("film.mkv", []),
        ("fragments.mp4", ["-movflags", "frag_keyframe+empty_moov"]),
    ],
)
def test_files_without_one_table_are_read_as_they_are(film, short_tables, tmp_path, name, how):
    path = tmp_path / name
    ffmpeg("-i", film, "-map", "0", "-c", "copy", *how, path)
    assert tracks.view_of(path, b"vide") is None
    assert len(lay_out(path).segments) >= 1


def test_a_damaged_table_is_read_as_it_is(film, short_tables, tmp_path):
    content = film.read_bytes()
    for name in (b"stsc", b"stsz", b"stco", b"hdlr", b"mdhd"):
        damaged = tmp_path / f"{name.decode()}.mp4"
        damaged.write_bytes(content.replace(name, b"free"))
        assert tracks.view_of(damaged, b"vide") is None
    for size in (0, 7, 40, len(content) - 3000):
        damaged = tmp_path / f"{size}.mp4"
        damaged.write_bytes(content[:size])
        assert tracks.view_of(damaged, b"vide") is None
