"""Every shape that real files have comes out right: upright, whole, even, in our colours, in sync."""

import subprocess
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from media_assets.analysis.reading import describe
from media_assets.formats import RenderFormat
from media_assets.models import Clip, VideoAsset
from media_assets.rendering import ffmpeg, graph
from media_assets.rendering.checking import prove
from media_assets.rendering.loudness import settle
from media_assets.rendering.plan import NOTHING_MORE, plan_variant
from media_assets.rendering.sounds import sound_of
from tests.media import ffmpeg as run
from tests.render_media import RATE_HZ, pictures_of, tone
from tests.render_media import sound_of as heard_in

BOX = RenderFormat("box_320x180", 320, 180, max_fps=60)
# A corner of its own colour each, in the order of reading, and a white circle in the middle.
RED, GREEN, BLUE, YELLOW = (0, 0, 200), (0, 170, 0), (200, 0, 0), (0, 200, 200)


def card(size=(320, 180)):
    width, height = size
    picture = np.full((height, width, 3), 90, np.uint8)
    w, h = width // 4, height // 4
    for colour, (y, x) in zip(
        (RED, GREEN, BLUE, YELLOW),
        ((0, 0), (0, width - w), (height - h, 0), (height - h, width - w)),
        strict=True,
    ):
        picture[y : y + h, x : x + w] = colour
    cv2.circle(picture, (width // 2, height // 2), height // 5, (255, 255, 255), -1)
    return picture


def source(folder, name, *arguments, size=(320, 180), seconds=0.5, rate=24, sound=False):
    """A file of the card, and a tone; arguments: how it is encoded."""
    picture = folder / "card.png"
    cv2.imwrite(str(picture), card(size))
    made = folder / name
    hum = ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}"]
    still = ["-loop", "1", "-framerate", rate, "-t", seconds, "-i", picture]
    run(*still, *(hum if sound else []), *arguments, made)
    return made


def rendered(folder, film, *, start_ms=0, end_ms=None, wanted=BOX):
    """(plan, proof, file) of a span, all of it by default."""
    about = describe(film)
    end_ms = end_ms or max(400, about.duration_us // 1000)
    clip = Clip(video_asset=VideoAsset(sha256="0" * 64), start_ms=start_ms, end_ms=end_ms)
    plan = plan_variant(clip, about, wanted)
    sound = sound_of(film, about, start_ms, plan, NOTHING_MORE)
    settled, output = settle(sound, folder), folder / "out.mp4"
    ffmpeg.run_ffmpeg(
        graph.command(
            about, [plan], [output], start_ms=start_ms, inputs=sound.inputs, sound=settled.path
        )
    )
    return plan, prove(output, plan, settled), output


X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p")


def turned(folder, name, *, rotation=None, flip=None):
    """The card, stored so that players have to turn or flip it to show it upright."""
    undo = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock", None: "null"}
    filters = undo[rotation] + (f",{flip}" if flip else "")
    plain = source(folder, f"plain-{name}", *X264, "-vf", filters)
    said = ["-display_rotation", rotation] if rotation else []
    said += [f"-display_{flip}"] if flip else []
    run(*said, "-i", plain, "-c", "copy", "-map", "0", folder / name)
    return folder / name


MADE = {
    "turned by 90": lambda f: turned(f, "f.mp4", rotation=90),
    "turned by 180": lambda f: turned(f, "f.mov", rotation=180),
    "turned by 270": lambda f: turned(f, "f.mp4", rotation=270),
    "flipped left to right": lambda f: turned(f, "f.mp4", flip="hflip"),
    "flipped upside down": lambda f: turned(f, "f.mp4", flip="vflip"),
    "wide pixels": lambda f: source(f, "f.mp4", *X264, "-vf", "scale=240:180,setsar=4/3"),
    "narrow pixels": lambda f: source(f, "f.mkv", *X264, "-vf", "scale=426:180,setsar=160/213"),
    "odd sides": lambda f: source(
        f, "f.webm", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", 8, "-crf", 10,
        "-b:v", 0, size=(321, 181),
    ),
    "ten bits": lambda f: source(f, "f.mp4", "-c:v", "libx264", "-pix_fmt", "yuv420p10le"),
    "4:2:2": lambda f: source(f, "f.mov", "-c:v", "libx264", "-pix_fmt", "yuv422p"),
    "4:4:4": lambda f: source(f, "f.mkv", "-c:v", "libx264", "-pix_fmt", "yuv444p"),
    "full range": lambda f: source(
        f, "f.mp4", *X264[:-1], "yuvj420p", "-vf", "scale=out_range=pc", "-color_range", "pc"
    ),
    "standard definition colours": lambda f: source(
        f, "f.mp4", *X264, "-vf", "scale=out_color_matrix=bt601", "-colorspace", "smpte170m"
    ),
    "HEVC": lambda f: source(
        f, "f.mp4", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none",
        "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1",
    ),
    "MPEG-4 in AVI": lambda f: source(f, "f.avi", "-c:v", "mpeg4", "-q:v", 2, "-c:a", "mp3", sound=True),
    "a cover picture": lambda f: with_cover(f),
    "a data track": lambda f: with_data(f),
    "mono at 44.1 kHz": lambda f: source(f, "f.mp4", *X264, "-ac", 1, "-ar", 44100, sound=True),
    "film rate": lambda f: source(f, "f.mp4", *X264, rate="24000/1001"),
    "60 frames": lambda f: source(f, "f.mp4", *X264, rate=60),
    "10 frames": lambda f: source(f, "f.mp4", *X264, rate=10),
    "transport times": lambda f: source(f, "f.mov", *X264, "-output_ts_offset", 3600),
    "an edit list": lambda f: with_edit_list(f),
}  # fmt: skip


def with_cover(folder):
    film = source(folder, "film.mp4", *X264)
    run("-f", "lavfi", "-i", "color=black:s=500x500", "-frames:v", 1, folder / "cover.png")
    run(
        *("-i", folder / "cover.png", "-i", film, "-map", 0, "-map", "1", "-c", "copy"),
        *("-disposition:v:0", "attached_pic", folder / "f.mp4"),
    )
    return folder / "f.mp4"


def with_data(folder):
    """As cameras write it: a track of times beside the picture."""
    return source(folder, "f.mov", *X264, "-timecode", "01:00:00:00")


def with_edit_list(folder):
    """Cut without encoding: the file holds more than it says is shown."""
    long = source(folder, "long.mp4", *X264, "-g", 12, seconds=1.5)
    run("-ss", 0.8, "-i", long, "-c", "copy", folder / "f.mp4")
    return folder / "f.mp4"


@pytest.mark.parametrize("shape", MADE)
def test_it_comes_out_upright_and_whole(tmp_path, shape):
    plan, proof, output = rendered(tmp_path, MADE[shape](tmp_path))
    pictures = pictures_of(output)
    assert len(pictures) == plan.frames == proof.facts["frames"]
    for picture in (pictures[0], pictures[-1]):
        corners = [picture[8:30, 10:60], picture[8:30, -60:-10]]
        corners += [picture[-30:-8, 10:60], picture[-30:-8, -60:-10]]
        for corner, colour in zip(corners, (RED, GREEN, BLUE, YELLOW), strict=True):
            assert np.abs(corner.mean(axis=(0, 1)) - colour).max() < 26, shape
        rows, columns = np.nonzero(picture.min(axis=2) > 200)
        assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=4)
        assert np.ptp(rows) == pytest.approx(72, abs=4)


def test_interlaced_pictures_lose_their_combs(tmp_path):
    film = tmp_path / "f.mkv"
    run(
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=50:d=1", "-vf", "tinterlace=interleave_top"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-crf", 10, "-flags", "+ildct+ilme", film),
    )
    assert describe(film).interlaced
    _, _, output = rendered(tmp_path, film)

    def combs(path):
        grey = [cv2.cvtColor(each, cv2.COLOR_BGR2GRAY).astype(int) for each in pictures_of(path)]
        return np.mean([np.abs(2 * g[1:-1] - g[:-2] - g[2:]).mean() for g in grey[3:20]])

    assert combs(output) < 0.6 * combs(film)


NITS = {"shadow": 5, "grey": 26, "white": 203, "light": 1000}


def hdr_code(nits, transfer):
    """The ten bit code of a grey: SMPTE ST 2084, and HLG of ITU-R BT.2100 at 1000 nits."""
    if transfer == "smpte2084":
        y = (nits / 10000) ** (2610 / 16384)
        signal = ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375
    else:
        light = (nits / 1000) ** (1 / 1.2)
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        signal = (3 * light) ** 0.5 if light <= 1 / 12 else a * np.log(12 * light - b) + c
    return round(64 + 876 * float(signal))


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_hdr_becomes_sdr_with_its_greys_where_they_belong(tmp_path, transfer):
    luma = np.zeros((180, 320), np.uint16)
    for index, nits in enumerate(NITS.values()):
        luma[:, 80 * index : 80 * index + 80] = hdr_code(nits, transfer)
    frame = luma.tobytes() + np.full(180 * 320 // 2, 512, np.uint16).tobytes()
    film = tmp_path / "f.mp4"
    tags = f"colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc:range=limited"
    subprocess.run(
        [
            *(ffmpeg.binary(), "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p10le"),
            *("-s", "320x180", "-r", "24", "-i", "-", "-c:v", "libx265", "-preset", "ultrafast"),
            *("-x265-params", f"log-level=none:{tags}", "-tag:v", "hvc1", str(film)),
        ],
        input=frame * 12,
        check=True,
    )
    _, _, output = rendered(tmp_path, film)
    with av.open(str(output)) as file:
        picture = next(file.decode(video=0))
        shown = picture.to_ndarray(format="gray16le") / 257  # of full range
        assert (picture.color_trc, picture.color_primaries, picture.colorspace) == (1, 1, 1)
    levels = {name: shown[90, 80 * i + 40] for i, name in enumerate(NITS)}
    assert levels["grey"] == pytest.approx(104, abs=8)  # 18 % of white, in BT.709
    assert 205 <= levels["white"] <= 228  # paper: bright, with room above
    assert levels["light"] >= 245
    assert 40 <= levels["shadow"] <= 62


def test_the_dialogue_of_surround_sound_is_heard_on_both_sides(tmp_path):
    voice = "sine=frequency=440:sample_rate=48000:duration=2,volume=-12dB"
    silent = "anullsrc=r=48000:cl=mono:d=2"
    film = tmp_path / "f.mkv"
    sources = [voice if name == "FC" else silent for name in ("FL", "FR", "FC", "LFE", "SL", "SR")]
    run(
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=2"),
        *(part for each in sources for part in ("-f", "lavfi", "-i", each)),
        "-filter_complex",
        "".join(f"[{n}:a]" for n in range(1, 7))
        + "join=inputs=6:channel_layout=5.1(side):map=0.0-FL|1.0-FR|2.0-FC|3.0-LFE|4.0-SL|5.0-SR[a]",
        *("-map", "0:v", "-map", "[a]", *X264, "-c:a", "ac3", "-b:a", "448k", film),
    )
    _, proof, output = rendered(tmp_path, film)
    left, right = heard_in(output)[:, RATE_HZ // 4 : RATE_HZ]
    assert np.abs(left).max() > 0.05
    assert np.abs(left - right).max() < 0.05 * np.abs(left).max()
    assert proof.facts["lufs"] == pytest.approx(-14, abs=0.5)


@pytest.mark.parametrize("name", ["f.mp4", "f.mkv"])
def test_sound_that_starts_late_stays_where_it_belongs(tmp_path, name):
    film, wav = tmp_path / name, tmp_path / "a.wav"
    run("-f", "lavfi", "-i", "sine=frequency=880:duration=1.2:sample_rate=48000", wav)
    run(
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=2", "-itsoffset", 0.7, "-i", wav),
        *(*X264, "-c:a", "aac", film),
    )
    _, _, output = rendered(tmp_path, film, start_ms=250, end_ms=1750)
    loud = np.abs(heard_in(output)[0])
    onset = np.argmax(loud > 0.3 * loud.max()) / RATE_HZ
    assert onset == pytest.approx(0.45, abs=0.025)


def test_a_frame_that_is_shown_for_long_is_shown_from_the_start_of_the_clip(tmp_path):
    """Screen recordings stand still for seconds: the clip begins with what was on the screen then."""
    from tests.render_media import number_of, numbered, write_film

    times = [0, 40, 80, 1500, 1540, 1580, 1620, 1660]
    film = write_film(tmp_path / "f.mp4", numbered(8), times=times, sound=tone(1.7))
    _, _, output = rendered(tmp_path, Path(film), start_ms=800, end_ms=1720)
    numbers = [number_of(picture) for picture in pictures_of(output)]
    assert numbers[0] == 2
    assert numbers == sorted(numbers)
    assert set(numbers) == {2, 3, 4, 5, 6, 7}
    assert numbers.index(3) in (17, 18)  # 0.7 s later, at 25 frames per second
