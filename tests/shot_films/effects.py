"""What happens inside a shot, or over all of it, and is no cut.

Each trick takes the pictures of one shot (a list of BGR arrays), a random generator, and a function
that says where something of so many frames may begin. It gives back the pictures and the span
[first, end) of what looks like a cut and is none; None where there is no such span.
"""

import cv2
import numpy as np


def flash(pictures, random, place):
    """One to six frames of light, from a glow over the scene to plain white or a colour."""
    frames = int(random.choice([1, 1, 1, 2, 2, 3, 4, 6]))
    at = place(frames)
    return _light(pictures, random, [at + n for n in range(frames)]), (at, at + frames)


def strobe(pictures, random, place):
    """Light that comes and goes every one to four frames, for up to a second and a half."""
    on, off = (int(n) for n in random.integers(1, 5, 2))
    frames = int(random.integers(12, 36))
    at = place(frames)
    lit = [at + n for n in range(frames) if n % (on + off) < on]
    if random.random() < 0.3:  # blackouts between lights
        dark = random.uniform(0.0, 0.2)
        for number in lit:
            pictures[number] = _times(pictures[number], dark)
        return pictures, (at, at + frames)
    return _light(pictures, random, lit), (at, at + frames)


def whip_pan(pictures, random, place):
    """The camera is swept over a picture much larger than the frame in four to twelve frames."""
    frames = int(random.integers(4, 13))
    at = place(frames)
    scale = random.uniform(1.8, 3.0)
    height, width = pictures[0].shape[:2]
    room = np.array([width * (scale - 1), height * (scale - 1)])
    begin, end = random.uniform(0, 1, 2) * room, random.uniform(0, 1, 2) * room
    begin[0], end[0] = (
        (0.05 * room[0], 0.95 * room[0])
        if random.random() < 0.5
        else (0.95 * room[0], 0.05 * room[0])
    )
    end[1] = np.clip(begin[1] + random.uniform(-0.2, 0.2) * height, 0, room[1])
    path = []
    for number in range(len(pictures)):
        share = np.clip((number - at + 1) / frames, 0, 1)
        path.append(begin + (end - begin) * (share * share * (3 - 2 * share)))
    moved = []
    for number, picture in enumerate(pictures):
        large = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
        x, y = np.round(path[number]).astype(int)
        window = large[y : y + height, x : x + width]
        speed = float(abs(path[number][0] - path[max(number - 1, 0)][0]))
        if speed > 4:  # the shutter stands open half of the time
            window = cv2.blur(window, (max(1, int(speed / 2)), 1))
        moved.append(np.ascontiguousarray(window))
    return moved, (at, at + frames + 1)


def zoom(pictures, random, place):
    """A crash zoom: in or out by up to two and a half times in four to fourteen frames."""
    frames = int(random.integers(4, 15))
    at = place(frames)
    most, inwards = random.uniform(1.4, 2.5), random.random() < 0.5
    done = []
    for number, picture in enumerate(pictures):
        share = np.clip((number - at + 1) / frames, 0, 1)
        done.append(_enlarged(picture, 1 + (most - 1) * (share if inwards else 1 - share)))
    return done, (at, at + frames + 1)


def shake(pictures, random, place):
    """A camera in the hand of somebody who runs, or is hit: jumps of up to an eighth of the width."""
    frames = int(random.integers(6, 36))
    at = place(frames)
    strength = random.uniform(0.01, 0.05)
    if random.random() < 0.3:
        frames, strength = 3, 0.1
    height, width = pictures[0].shape[:2]
    done = []
    for number, picture in enumerate(pictures):
        large = _scaled(picture, 1.3)
        x, y = 0.15 * width, 0.15 * height
        if at <= number < at + frames:
            dx, dy = random.normal(0, strength, 2) * width
            x, y = np.clip(x + dx, 0, 0.3 * width), np.clip(y + dy, 0, 0.3 * height)
        x, y = int(x), int(y)
        done.append(np.ascontiguousarray(large[y : y + height, x : x + width]))
    return done, (at, at + frames + 1)


def exposure(pictures, random, place):
    """The aperture jumps or glides, or somebody switches the light."""
    frames = int(random.choice([1, 1, 3, 8, 20]))
    at = place(frames)
    gain = float(random.choice([0.45, 0.6, 1.5, 1.8]))
    done = []
    for number, picture in enumerate(pictures):
        share = float(np.clip((number - at + 1) / frames, 0, 1))
        done.append(_times(picture, 1 + (gain - 1) * share))
    return done, (at, at + frames)


def letterbox(pictures, random, place):
    """Black bars appear or go in the middle of a shot."""
    at = place(1)
    bar = int(pictures[0].shape[0] * random.uniform(0.08, 0.15))
    before = random.random() < 0.5
    for number, picture in enumerate(pictures):
        if (number < at) == before:
            picture[:bar] = 16
            picture[-bar:] = 16
    return pictures, (at, at + 1)


def caption(pictures, random, place):
    """A lower third comes and goes at once."""
    frames = int(random.integers(10, 36))
    at = place(frames)
    height, width = pictures[0].shape[:2]
    left, right = int(width * 0.08), int(width * random.uniform(0.5, 0.92))
    for picture in pictures[at : at + frames]:
        cv2.rectangle(
            picture, (left, int(height * 0.72)), (right, int(height * 0.9)), (40, 30, 90), -1
        )
        write(picture, "Somebody, somewhere", (left + 6, int(height * 0.84)), 0.5)
    return pictures, (at, at + frames + 1)


def someone_passes(pictures, random, place):
    """Something dark or bright and near crosses the whole picture in six to sixteen frames."""
    frames = int(random.integers(6, 17))
    at = place(frames)
    height, width = pictures[0].shape[:2]
    broad, shade = random.uniform(0.3, 0.9) * width, int(random.choice([15, 60, 200]))
    for step in range(frames):
        x = -broad + (width + broad) * (step + 0.5) / frames
        figure = np.zeros((height, width), np.float32)
        figure[:, max(0, int(x)) : max(0, int(x + broad))] = 1
        figure = cv2.blur(figure, (max(1, int((width + broad) / frames / 2)), 1))[..., None]
        picture = pictures[at + step].astype(np.float32)
        pictures[at + step] = (picture * (1 - figure) + shade * figure).astype(np.uint8)
    return pictures, (at, at + frames + 1)


def grain(pictures, random, place):
    """Noise like high sensitivity or old stock, over the whole shot."""
    strength = random.uniform(6, 18)
    shape = pictures[0].shape[:2]
    for number, picture in enumerate(pictures):
        noise = random.normal(0, strength, shape).astype(np.float32)[..., None]
        pictures[number] = np.clip(picture.astype(np.float32) + noise, 0, 255).astype(np.uint8)
    return pictures, None


def interlace(pictures, random, place):
    """Every second row shows the picture after: combs on all that moves."""
    for number in range(len(pictures) - 1):
        pictures[number] = pictures[number].copy()
        pictures[number][1::2] = pictures[number + 1][1::2]
    return pictures, None


def dark(pictures, random, place):
    """A scene at night: an eighth to a quarter of the light."""
    gain = random.uniform(0.12, 0.25)
    return [_times(picture, gain) for picture in pictures], None


def still(pictures, random, place):
    """A photograph: nothing moves."""
    return [pictures[0].copy() for _ in pictures], None


TRAPS = {
    "flash": flash,
    "strobe": strobe,
    "whip pan": whip_pan,
    "zoom": zoom,
    "shake": shake,
    "exposure": exposure,
    "letterbox": letterbox,
    "caption": caption,
    "passer-by": someone_passes,
}
LOOKS = {"grain": grain, "interlace": interlace, "dark": dark, "still": still}


def write(picture, words, at, size):
    """White letters."""
    cv2.putText(picture, words, at, cv2.FONT_HERSHEY_SIMPLEX, size, (235, 235, 235), 1, cv2.LINE_AA)


def _light(pictures, random, numbers):
    """Light on some of the pictures: white, or of a colour; all of the picture, or its middle."""
    strength = float(random.choice([0.5, 0.75, 0.9, 1.0]))
    colour = np.array(
        [[255, 255, 255], [255, 255, 255], [255, 220, 190], [170, 200, 255]][random.integers(4)]
    )
    height, width = pictures[0].shape[:2]
    mask = np.ones((height, width, 1), np.float32)
    if random.random() < 0.3:
        y, x = np.mgrid[0:height, 0:width]
        mask = np.exp(
            -(((x / width - random.random()) / 0.5) ** 2)
            - ((y / height - random.random()) / 0.6) ** 2
        )
        mask = mask[..., None].astype(np.float32)
    for number in numbers:
        share = strength * mask
        pictures[number] = (pictures[number] * (1 - share) + colour * share).astype(np.uint8)
    return pictures


def _times(picture, gain):
    return cv2.convertScaleAbs(picture, alpha=gain).astype(np.uint8)


def _scaled(picture, scale):
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)


def _enlarged(picture, scale):
    height, width = picture.shape[:2]
    large = _scaled(picture, max(scale, 1.0))
    y, x = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    return np.ascontiguousarray(large[y : y + height, x : x + width])
