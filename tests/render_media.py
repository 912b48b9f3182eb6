"""Small films with known content, made on the spot, and ways to read them back."""

import hashlib
from fractions import Fraction

import av
import cv2
import numpy as np

from media_assets.models import VideoAsset

RATE_HZ = 48_000


def write_film(
    path,
    pictures,
    *,
    fps=24,
    sound=None,
    times=None,
    pix_fmt="yuv420p",
    rotation=None,
    codec="libx264",
    crf="18",
):
    """Write BGR pictures (and (channels, samples) float sound) to a file.

    times: milliseconds of each picture, for a film without a constant rate. rotation: degrees that
    the file tells players to turn the picture by.
    """
    pictures = list(pictures)
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w") as file:
        video = file.add_stream(codec, rate=fps)
        video.width, video.height, video.pix_fmt = width, height, pix_fmt
        if codec == "libx264":
            video.options = {"preset": "ultrafast", "crf": crf, "g": "24"}
        base = Fraction(1, 1000) if times else Fraction(1, fps)
        video.codec_context.time_base = base
        audio = None
        if sound is not None:
            audio = file.add_stream(
                "libopus" if str(path).endswith("webm") else "aac", rate=RATE_HZ
            )
            audio.codec_context.layout = "stereo"
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")
            frame = frame.reformat(format=pix_fmt)
            frame.pts, frame.time_base = (times[number] if times else number), base
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
        if audio is not None:
            stereo = np.vstack([sound, sound]) if sound.ndim == 1 else sound
            for at in range(0, stereo.shape[1], 4800):
                piece = np.ascontiguousarray(stereo[:, at : at + 4800], np.float32)
                frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
                frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, at, Fraction(1, RATE_HZ)
                file.mux(audio.encode(frame))
            file.mux(audio.encode(None))
    if rotation:
        _turn(path, rotation)
    return path


def _turn(path, degrees):
    """Write the display matrix of a quarter turn into the track header of the picture."""
    matrix = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}[degrees]
    data = bytearray(path.read_bytes())
    at = data.find(b"tkhd")
    assert at > 0
    start = at + 4 + 4 + 4 + 4 + 4 + 4 + 4 + 8 + 2 + 2 + 2 + 2
    values = [
        matrix[0] << 16,
        matrix[1] << 16,
        0,
        matrix[2] << 16,
        matrix[3] << 16,
        0,
        0,
        0,
        1 << 30,
    ]
    for index, value in enumerate(values):
        data[start + 4 * index : start + 4 * index + 4] = (value & 0xFFFFFFFF).to_bytes(4, "big")
    path.write_bytes(data)


def scene(seed, frames, *, size=(320, 180), speed=1.0, subject=None, light=1.0):
    """One shot: a texture of its own, with a bright figure that moves `speed` pixels a frame.

    subject: where the figure stands, as a share of the width; it moves from there.
    """
    width, height = size
    random = np.random.default_rng(seed)
    coarse = random.integers(20, 170, (9, 16, 3)).astype(np.uint8)
    ground = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    at = width * (0.3 if subject is None else subject)
    for step in range(frames):
        picture = (ground * light).astype(np.uint8)
        x = at + speed * step if subject is None else at + speed * np.sin(step)
        x = int(x) % width
        cv2.rectangle(
            picture, (x - 14, height // 3), (x + 14, height - 10), (240, 250, 255), -1, cv2.LINE_AA
        )
        cv2.circle(picture, (x, height // 3 - 12), 14, (60, 120, 255), -1, cv2.LINE_AA)
        yield picture


def numbered(frames, *, size=(320, 180)):
    """Pictures that say in sixteen blocks which number they are."""
    width, height = size
    for number in range(frames):
        picture = np.full((height, width, 3), 96, np.uint8)
        for bit in range(16):
            column, row = bit % 8, bit // 8
            x0, y0 = width * column // 8, height * (1 + 3 * row) // 8
            value = 235 if number >> bit & 1 else 20
            picture[y0 : y0 + height // 4, x0 : x0 + width // 8] = value
        yield picture


def number_of(picture):
    """The number that a picture of `numbered` says, whatever size it has now."""
    height, width = picture.shape[:2]
    number = 0
    for bit in range(16):
        column, row = bit % 8, bit // 8
        x, y = int(width * (column + 0.5) / 8), int(height * (2 + 3 * row) / 8)
        number |= int(picture[y - 4 : y + 5, x - 4 : x + 5].mean() > 128) << bit
    return number


def clicks(seconds, *, bpm=120.0, first_s=0.25, loud=0.6):
    """A click on each beat, over a quiet hiss."""
    random = np.random.default_rng(5)
    sound = random.standard_normal(int(seconds * RATE_HZ)).astype(np.float32) * 0.002
    burst = random.standard_normal(2400).astype(np.float32) * np.exp(-np.arange(2400) / 500)
    at = first_s
    while at < seconds - 0.1:
        start = int(at * RATE_HZ)
        room = min(len(burst), len(sound) - start)
        sound[start : start + room] += burst[:room] * loud
        at += 60 / bpm
    return np.clip(sound, -1, 1).astype(np.float32)


def tone(seconds, *, hz=440.0, loud=0.2):
    """A steady sine."""
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (np.sin(2 * np.pi * hz * t) * loud).astype(np.float32)


def make_film_asset(path, **fields):
    """A validated video asset whose file is this film."""
    from django.core.files import File

    from media_assets.analysis.reading import describe

    data = path.read_bytes()
    sha = hashlib.sha256(data).hexdigest()
    source = describe(path)
    video = VideoAsset(
        **{
            "title": path.stem,
            "status": VideoAsset.Status.VALIDATED,
            "sha256": sha,
            "dedup_key": f"sha256:{sha}",
            "size_bytes": len(data),
            "container": path.suffix[1:],
            "duration_ms": max(1, source.duration_us // 1000),
            "width_px": source.shown_width_px,
            "height_px": source.shown_height_px,
            "fps": float(source.rate),
            "video_codec": "h264",
            "audio_codec": "aac" if source.audio_index is not None else "",
            **fields,
        }
    )
    with path.open("rb") as file:
        video.file.save(path.name, File(file), save=False)
    video.save(force_insert=True)
    return video


def pictures_of(path):
    """Every picture of a file, BGR, not turned."""
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="bgr24") for frame in file.decode(video=0)]


def sound_of(path):
    """(channels, samples) of a file, as its decoder gives them."""
    with av.open(str(path)) as file:
        return np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1)
