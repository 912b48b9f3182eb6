"""Stretches: what is made apart shows what it would show in one piece, and opens no more than it shows."""

from fractions import Fraction

import numpy as np
import pytest

from media_assets.analysis.reading import describe
from media_assets.cues import Cue
from media_assets.formats import RenderFormat
from media_assets.models import Clip, VideoAsset
from media_assets.rendering import ffmpeg, graph, loudness
from media_assets.rendering.checking import prove
from media_assets.rendering.composition.composition import Composition
from media_assets.rendering.composition.openers import Opener, Still
from media_assets.rendering.composition.timeline import timeline
from media_assets.rendering.copying import write_joined
from media_assets.rendering.errors import RenderFailed
from media_assets.rendering.plan import plan_variant
from media_assets.rendering.sounds import sound_of
from media_assets.rendering.stretches import Joined
from tests.render_media import pictures_of, scene, tone, write_film

TALL, SMALL = RenderFormat("tall", 90, 160), RenderFormat("small", 96, 96)
PAN = {"mode": "crop", "axis": "x", "window": 0.31641, "keyframes": [[0, 0.2], [3000, 0.8]]}


@pytest.mark.parametrize(("intro_ms", "outro_ms", "fade_ms"), [
    (1000, 1000, 500), (1000, 0, 500), (0, 1000, 0), (300, 9000, 2000), (1000, 1000, 2000),
])  # fmt: skip
def test_stretches_are_the_whole_time_line(intro_ms, outro_ms, fade_ms):
    line = timeline(
        rate=Fraction(30000, 1001), clip=60,
        intro_ms=intro_ms, outro_ms=outro_ms, crossfade_ms=fade_ms,
    )  # fmt: skip
    assert sum(each.frames for each in line.stretches) == line.frames
    for name in ("intro", "clip", "outro"):
        pieces = [each for run in line.stretches for each in run.pieces if each.name == name]
        assert [0, *(each.end for each in pieces)][:-1] == [each.first for each in pieces]
        assert sum(each.frames for each in pieces) == line.frames_of(name)
    assert all(len({each.frames for each in run.pieces}) == 1 for run in line.stretches)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """A figure that walks, over a ground that never changes."""
    path = tmp_path_factory.mktemp("films") / "f.mp4"
    return write_film(path, scene(4, 96, speed=2.0), sound=tone(4))


def plans_of(film, composition, targets=(TALL,)):
    framing = {"bars": [0, 0, 0, 0], "formats": {"tall": PAN}}
    clip = Clip(video_asset=VideoAsset(sha256="0" * 64), start_ms=500, end_ms=3500, framing=framing)
    return [plan_variant(clip, describe(film), each, composition) for each in targets]


def joined_of(folder, film, composition, targets=(TALL,)):
    plans = plans_of(film, composition, targets)
    drawn = [
        composition.draw(folder / str(number), plan.format, plan.timeline)
        for number, plan in enumerate(plans)
    ]
    return Joined(film, describe(film), 500, plans, composition, drawn, folder)


def framed(film, **more):
    """Something before and after the clip, and captions over it."""
    cues = (Cue(0, 400, "First"), Cue(1500, 2000, "Middle"), Cue(2900, 3000, "Last"))
    still = Opener(1000, {"sha256": ""}, still=Still(None, "", "#c80000"))
    return Composition(cues=cues, intro=still, outro=still, crossfade_ms=500, **more)


def test_the_clip_between_crossfades_is_the_clip(film, tmp_path):
    alone, composition = Composition(cues=framed(film).cues), framed(film)
    sound = sound_of(film, describe(film), 500, plans_of(film, alone)[0], alone)
    track = loudness.settle(sound, tmp_path)
    [plan] = plans_of(film, alone)
    drawn = [alone.draw(tmp_path / "alone", TALL, plan.timeline)]
    ffmpeg.run_ffmpeg(
        graph.command(
            describe(film), [plan], [tmp_path / "alone.mp4"],
            start_ms=500, inputs=sound.inputs, sound=track.path, drawn=drawn,
        )
    )  # fmt: skip
    joined = joined_of(tmp_path, film, composition)
    (tmp_path / "sound").mkdir()
    whole = sound_of(film, describe(film), 500, joined.plans[0], composition)
    settled = loudness.settle(whole, tmp_path / "sound")
    for name in ("whole.mp4", "again.mp4"):
        for step in joined.steps():
            ffmpeg.run_ffmpeg(step.arguments)
        joined.put_together([tmp_path / name], sound=settled.path)
    assert (tmp_path / "whole.mp4").read_bytes() == (tmp_path / "again.mp4").read_bytes()
    prove(tmp_path / "whole.mp4", joined.plans[0], settled)
    wanted, shown = pictures_of(tmp_path / "alone.mp4"), pictures_of(tmp_path / "whole.mp4")
    line = joined.plans[0].timeline
    assert (len(wanted), len(shown), line.clip_at) == (72, 96, 12)
    for number in range(line.fade_in, line.clip - line.fade_out):
        off = np.abs(shown[line.clip_at + number].astype(int) - wanted[number])
        next_but_one = np.abs(wanted[number].astype(int) - wanted[number - 2])
        assert off.mean() < next_but_one.mean() / 2, number
    red = [picture[..., 2].mean() - picture[..., 1].mean() for picture in shown]
    assert red[0] > 150 > red[18]  # in the middle of the crossfade
    assert list(np.argsort(red[12:24])) == list(range(12))[::-1]


def test_only_a_crossfade_opens_two_films_and_one_format(film, tmp_path):
    opener = Opener(1000, {"sha256": "1"}, path=film, source=describe(film))
    composition = Composition(intro=opener, outro=opener, crossfade_ms=500)
    joined = joined_of(tmp_path, film, composition, (TALL, SMALL))
    opened = [
        (step.arguments.count("-i"), sum(each.endswith(".mp4") for each in step.arguments[-1:]),
         step.arguments.count("-map"))
        for step in joined.steps()
    ]  # fmt: skip
    fades = [(2, 1, 1)] * 2
    assert opened == [(1, 1, 2), *fades, (1, 1, 2), *fades, (1, 1, 2)]


def test_parts_with_other_headers_are_not_put_together(film, tmp_path):
    other = write_film(tmp_path / "o.mp4", scene(1, 24, size=(640, 360)), sound=tone(1))
    with pytest.raises(RenderFailed, match="different headers"):
        write_joined([film, other], Fraction(24), sound=film, to=tmp_path / "out.mp4")
