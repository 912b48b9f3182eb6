"""Whether the spans that people would watch are found: planted in dull footage, at known places.

Each composition holds three highlights of seven to ten seconds, of three kinds, in nearly two minutes
of dull footage, all of it real where the films lie beside the project. Seeds: 100 … were looked at
while the weights were chosen; 300 … were not.
"""

import atexit
import functools
import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from media_assets.analysis.choosing import Choice, choose_clips
from media_assets.analysis.watch import watch
from tests.benchmarks.cost import cost_of
from tests.benchmarks.table import Row
from tests.benchmarks.tracks import RATE_HZ, make_track
from tests.media import REAL_VIDEOS

TITLE = "Planted highlights"
SIZE, FPS = (320, 180), 24
LOOKED_AT, HELD_OUT = range(100, 108), range(300, 314)
CAUGHT = 0.5  # of a highlight inside one clip: it is in it
CHANCES = 200

BATTLE = ("tears_of_steel_battle.webm", 33.0, 66.0)
CHASE = ("sintel_trailer_720p.mp4", 29.0, 42.0)
BIKES = ("bikes.mp4", 0.0, 10.0)
PEOPLE = ("friday_4x3_people.mp4", 0.0, 6.1)
PASSERS = ("persons_static_noaudio.mp4", 22.0, 46.0)
QUIET_ROOM = ("persons_static_noaudio.mp4", 92.0, 138.0)
OLD_FILM = ("chaplin_pillarbox.mp4", 0.0, 9.5)
DREAM = ("elephants_dream_vfr.mp4", 1.0, 15.0)


@dataclass(frozen=True)
class Piece:
    """A stretch of a film as it is shown in a composition: filters, and what is done to its sound."""

    source: tuple[str, float, float]
    picture: str = ""
    sound: str = ""  # a filter; "none": silence; a path: that file instead


DIM = "eq=brightness=-0.28:contrast=0.5:saturation=0.4"
SOFT = "scale=64:-2,scale=320:-2,eq=saturation=0.3:contrast=0.6"
STILL = "trim=end_frame=1,loop=loop=-1:size=1,setpts=N/24/TB,eq=saturation=0.5:contrast=0.7"
DULL = (
    Piece(QUIET_ROOM, "eq=contrast=0.7:saturation=0.5", "none"),
    Piece(QUIET_ROOM, DIM, "none"),
    Piece(BATTLE, f"{STILL},{DIM}", "volume=-38dB"),
    Piece(CHASE, f"{STILL},{SOFT}", "volume=-32dB"),
    Piece(DREAM, f"setpts=20*PTS,{DIM},{SOFT}", "volume=-20dB"),
    Piece(OLD_FILM, f"setpts=25*PTS,{DIM}", "volume=-34dB"),
)


def lively(kind: str, music: Path) -> Piece:
    """A highlight of this kind."""
    return {
        "loud and wild": Piece(BATTLE),
        "a face": Piece(PEOPLE, "setpts=1.6*PTS,eq=contrast=1.1", "volume=6dB,atempo=0.625"),
        "colour": Piece(PASSERS, "eq=saturation=3:contrast=1.3,hue=h=90*t", "none"),
        "the drop": Piece(CHASE, "", str(music)),
        "only the picture tells": Piece(BIKES, "", "none"),
    }[kind]


KINDS = ("loud and wild", "a face", "colour", "the drop", "only the picture tells")


def rows():
    """Recall, beside chance and the loudest spans; nothing where the films are not here."""
    if not (REAL_VIDEOS / BATTLE[0]).exists():
        return [Row("planted highlights", "the real films are not here", "–", "–")]
    answer = []
    for name, seeds in (("looked at", LOOKED_AT), ("held out", HELD_OUT)):
        found = [cost_of(lambda seed=seed: measured(seed))[1] for seed in seeds]
        answer += _rows_of(f"{len(found)} compositions {name}", found)
    return answer


def _rows_of(name, found):
    ours, chance, loudest = (
        np.mean([share for each in found for share in each[way]])
        for way in ("ours", "chance", "loudest")
    )
    table = [
        Row(
            f"{name}: highlights in the top 3",
            f"{ours:.3f}",
            f"chance {chance:.3f}, the loudest spans {loudest:.3f}",
            f"{ours / max(chance, 1e-9):.1f} of chance",
        )
    ]
    for kind in KINDS:
        caught = [
            share
            for each in found
            for which, share in zip(each["kinds"], each["ours"], strict=True)
            if which == kind
        ]
        louder = [
            share
            for each in found
            for which, share in zip(each["kinds"], each["loudest"], strict=True)
            if which == kind
        ]
        if caught:
            table.append(
                Row(
                    f"{name}: {kind}",
                    f"{np.mean(caught):.2f} of {len(caught)}",
                    f"the loudest spans {np.mean(louder):.2f}",
                    "–",
                )
            )
    return table


def measured(seed):
    """Which highlights of a composition are in the clips: ours, loudest ones, ones by chance."""
    path, planted = composition(seed)
    seen = watch(path)
    clips = [(each.start_ms, each.end_ms) for each in choose_clips(seen, Choice(count=3)).clips]
    length = round(np.mean([end - start for start, end in clips]))
    random = np.random.default_rng(seed)
    dice = np.zeros(len(planted))
    for _ in range(CHANCES):
        starts = random.uniform(0, seen.end_ms - length, 3)
        dice += _caught(planted, [(start, start + length) for start in starts])
    return {
        "ours": _caught(planted, clips).tolist(),
        "chance": (dice / CHANCES).tolist(),
        "loudest": _caught(planted, _loudest(seen, length)).tolist(),
        "kinds": [kind for _, _, kind in planted],
        "clips": clips,
        "planted": planted,
    }


def _caught(planted, clips):
    return np.array(
        [
            any(
                min(end, clip_end) - max(start, clip_start) >= CAUGHT * (end - start)
                for clip_start, clip_end in clips
            )
            for start, end, _ in planted
        ],
        float,
    )


def _loudest(seen, length_ms):
    """Three spans of this length that do not overlap, the loudest first."""
    steps = length_ms // 100
    power = np.concatenate([[0.0], np.cumsum(seen.sound.power, dtype=float)])
    loud = power[steps:] - power[:-steps]
    found = []
    for at in np.argsort(-loud, kind="stable"):
        start = int(at) * 100
        if all(abs(start - other) >= length_ms for other, _ in found):
            found.append((start, start + length_ms))
        if len(found) == 3:
            break
    return found


# --- Compositions ---------------------------------------------------------------------------------


@functools.cache
def _folder():
    folder = Path(tempfile.mkdtemp(prefix="stakazo-highlights-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def composition(seed, folder=None):
    """(file, [(start_ms, end_ms, kind), …]); the same seed gives the same film."""
    random = np.random.default_rng(seed)
    kinds = list(random.permutation(KINDS)[:3])
    folder = folder or _folder()
    music = _music(seed, folder)
    pieces, planted, at_s = [], [], 0.0
    for kind in [*kinds, None]:
        for number in random.permutation(len(DULL))[: random.integers(2, 4)]:
            length_s = float(random.uniform(7, 14))
            pieces.append((DULL[number], length_s, random.random()))
            at_s += _frames(length_s) / FPS
        if kind is not None:
            length_s = float(random.uniform(7, 9.5))
            pieces.append((lively(kind, music), length_s, random.random()))
            planted.append((round(at_s * 1000), round((at_s + length_s) * 1000), str(kind)))
            at_s += _frames(length_s) / FPS
    path = folder / f"{seed}.mp4"
    if not path.exists():
        _render(pieces, path)
        (folder / f"{seed}.json").write_text(json.dumps(planted))
    return path, planted


def _frames(length_s):
    return round(length_s * FPS)


def _music(seed, folder):
    """Ten seconds of a band at full power, as raw samples."""
    path = folder / f"music-{seed}.f32"
    if not path.exists():
        track = make_track("four on the floor", bpm=124, extra="chords", seed=seed, seconds=12)
        path.write_bytes((track.sound[2 * RATE_HZ :] * 1.6).clip(-1, 1).tobytes())
    return path


def _render(pieces, path):
    """All pieces one after the other, each at one size and rate, with sound of one form."""
    inputs, chains, joined = [], [], ""
    for number, (piece, length_s, place) in enumerate(pieces):
        name, first_s, last_s = piece.source
        room_s = max(0.0, last_s - first_s - length_s)
        inputs += ["-ss", first_s + place * room_s, "-i", REAL_VIDEOS / name]
        steps = [
            piece.picture,
            f"fps={FPS},scale={SIZE[0]}:{SIZE[1]}:force_original_aspect_ratio=increase",
            f"crop={SIZE[0]}:{SIZE[1]},setsar=1,noise=alls=2:allf=t",
            f"tpad=stop=-1:stop_mode=clone,trim=end_frame={_frames(length_s)},setpts=PTS-STARTPTS",
            "format=yuv420p",
        ]
        chains.append(f"[{number}:v:0]{','.join(filter(None, steps))}[v{number}]")
        joined += f"[v{number}][a{number}]"
    sounds = []
    for number, (piece, length_s, _) in enumerate(pieces):
        length = f"apad,atrim=end={_frames(length_s) / FPS:.6f},asetpts=PTS-STARTPTS"
        form = "aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo"
        if piece.sound == "none":
            chain = f"anullsrc=r=48000:cl=stereo,{form}"
        elif piece.sound.endswith(".f32"):
            inputs += ["-f", "f32le", "-ar", RATE_HZ, "-ac", 1, "-i", piece.sound]
            chain = f"[{len(pieces) + len(sounds)}:a:0]{form}"
            sounds.append(piece.sound)
        else:
            chain = f"[{number}:a:0]{','.join(filter(None, [piece.sound, form]))}"
        chains.append(f"{chain},{length}[a{number}]")
    chains.append(f"{joined}concat=n={len(pieces)}:v=1:a=1[v][a]")
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", "-v", "error"),
        *inputs,
        *("-filter_complex", ";".join(chains), "-map", "[v]", "-map", "[a]"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-crf", 24, "-g", 48, "-c:a", "aac", path),
    ]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
