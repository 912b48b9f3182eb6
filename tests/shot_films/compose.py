"""Films with known cuts, transitions and traps, put together from pieces.

Frames are counted from 0. A cut is the first frame of the new shot. A gradual transition is
[start, end): start is the first frame that it touches, end the first one that is all new.
"""

import json
from dataclasses import asdict, dataclass, field

import av
import cv2
import numpy as np

from tests.shot_films import effects
from tests.shot_films.material import RATE, SIZE

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
TRICK_FRAMES = 64  # of a shot in which something happens: the longest trick and some room


@dataclass
class Truth:
    """What is where. gradual: (kind, start, end); traps: (what, start, end)."""

    cuts: list = field(default_factory=list)
    gradual: list = field(default_factory=list)
    traps: list = field(default_factory=list)
    frames: int = 0

    def save(self, path):
        path.write_text(json.dumps(asdict(self)))


# theme: (tricks, looks, [(transition, weight)], share of very short shots)
CUT = [("cut", 1.0)]
THEMES = {
    "cuts": ([], [*effects.LOOKS], [("cut", 0.8), ("blink", 0.2)], 0.2),
    "flashes": (["flash"], ["grain"], CUT, 0),
    "strobes": (["strobe"], [], CUT, 0),
    "pans": (["whip pan", "zoom", "shake", "passer-by"], ["grain"], CUT, 0),
    "moves": (["whip pan", "zoom", "caption", "letterbox"], ["dark", "grain"], CUT, 0),
    "light": (["exposure", "letterbox", "caption"], ["dark"], CUT, 0),
    "dissolves": ([], ["grain"], [("dissolve", 0.75), ("cut", 0.25)], 0),
    "fades": (
        [],
        ["dark"],
        [
            ("through_black", 0.3),
            ("through_white", 0.2),
            ("out_in", 0.2),
            ("out_cut", 0.1),
            ("cut_in", 0.1),
            ("cut", 0.1),
        ],
        0,
    ),
    "cards": ([], ["still"], [("card", 0.4), ("cut", 0.4), ("wipe", 0.2)], 0),
    "mixed": (
        [*effects.TRAPS],
        [*effects.LOOKS],
        [
            ("cut", 0.6),
            ("dissolve", 0.15),
            ("through_black", 0.05),
            ("through_white", 0.03),
            ("out_in", 0.04),
            ("card", 0.05),
            ("out_cut", 0.04),
            ("cut_in", 0.04),
        ],
        0.1,
    ),
}


def compose(theme, pieces, seed, *, shots=16):
    """(generator of BGR pictures, Truth). The truth is whole once the pictures are taken."""
    truth = Truth()
    return _pictures(theme, pieces, np.random.default_rng(seed), shots, truth), truth


def _pictures(theme, pieces, random, shots, truth):
    tricks, looks, ways, short = THEMES[theme]
    names, weights = zip(*ways, strict=True)
    tail, piece = [], None
    for number in range(shots):
        last = number == shots - 1
        way = None if last else str(random.choice(names, p=np.array(weights) / sum(weights)))
        fade = int(random.choice([6, 8, 12, 16, 24, 36, 48])) if way == "dissolve" else 0
        if way not in (None, "cut", "blink", "card", "dissolve"):
            fade = int(random.choice([6, 8, 12, 16, 24, 32]))
        piece = _another(pieces, piece, random)
        trick = str(random.choice(tricks)) if tricks and random.random() < 0.75 else None
        body = int(random.integers(30, 70))
        if trick:
            body = TRICK_FRAMES
        elif random.random() < short:
            body = int(random.integers(6, 14))
        shot = list(piece.frames(len(tail) + body + fade, random))
        if looks and random.random() < 0.4:
            shot, _ = effects.LOOKS[str(random.choice(looks))](shot, random, None)
        if trick:
            head = len(tail)

            def place(frames, head=head, body=body):
                return head + int(random.integers(6, max(7, body - frames - 6)))

            shot, span = effects.TRAPS[trick](shot, random, place)
            truth.traps.append([trick, *(truth.frames + edge for edge in span)])
        joined = yield from _join(tail, shot, truth)
        yield from _give(joined[: len(joined) - fade], truth)
        tail = joined[len(joined) - fade :]
        if way is not None:
            tail = yield from _leave(way, tail, random, truth)


def _another(pieces, before, random):
    while True:
        piece = pieces[int(random.integers(len(pieces)))]
        if piece is not before:
            return piece


def _give(pictures, truth):
    for picture in pictures:
        truth.frames += 1
        yield picture


def _join(tail, shot, truth):
    """The head of a shot over the tail of the one before; gives back what of the shot is left."""
    if not isinstance(tail, _Waiting):
        return shot
    yield from tail.over(shot[: len(tail)], truth)
    return shot[len(tail) :]


class _Waiting(list):
    """Pictures that wait for those of the next shot, and how they are joined."""

    kind = "dissolve"
    wipe = None

    def over(self, head, truth):
        frames = len(self)
        truth.gradual.append([self.kind, truth.frames, truth.frames + frames])
        for step, (old, new) in enumerate(zip(self, head, strict=True)):
            share = (step + 1) / (frames + 1)
            if self.kind == "wipe":
                picture = old.copy()
                across = round(share * old.shape[1])
                picture[:, :across] = new[:, :across]
            else:
                picture = cv2.addWeighted(old, 1 - share, new, share, 0)
            truth.frames += 1
            yield picture


class _FadeIn(_Waiting):
    """Plain pictures out of which the next shot comes."""

    merge = False

    def over(self, head, truth):
        start = truth.frames
        for step, (plain, new) in enumerate(zip(self, head, strict=True)):
            truth.frames += 1
            yield cv2.addWeighted(
                plain, 1 - (step + 1) / (len(self) + 1), new, (step + 1) / (len(self) + 1), 0
            )
        if self.merge:
            truth.gradual[-1] = [self.merge, truth.gradual[-1][1], truth.frames]
        else:
            truth.gradual.append(["fade_in", start, truth.frames])


def _leave(way, tail, random, truth):
    """Leave a shot; gives back what the next one has to be joined with."""
    if way == "cut":
        truth.cuts.append(truth.frames)
        return []
    if way == "blink":  # to black for a moment, and on to the next shot
        truth.cuts.append(truth.frames)
        yield from _give(
            [np.zeros((SIZE[1], SIZE[0], 3), np.uint8)] * int(random.integers(3, 9)), truth
        )
        truth.cuts.append(truth.frames)
        return []
    if way == "card":
        truth.cuts.append(truth.frames)
        yield from _give(_card(random), truth)
        truth.cuts.append(truth.frames)
        return []
    if way in ("dissolve", "wipe"):
        waiting = _Waiting(tail)
        waiting.kind = way
        return waiting
    white = way == "through_white" or (way != "through_black" and random.random() < 0.2)
    plain = np.full_like(tail[0], 255 if white else 0)
    through = way.startswith("through")
    hold = int(random.integers(1, 9) if through else random.integers(16, 36))
    if way == "cut_in":
        yield from _give(tail, truth)
        truth.cuts.append(truth.frames)
    else:
        truth.gradual.append(["fade_out", truth.frames, truth.frames + len(tail)])
        for step, old in enumerate(tail):
            share = (step + 1) / (len(tail) + 1)
            truth.frames += 1
            yield cv2.addWeighted(old, 1 - share, plain, share, 0)
    yield from _give([plain] * hold, truth)
    if way == "out_cut":
        truth.cuts.append(truth.frames)
        return []
    fade_in = _FadeIn([plain] * int(random.choice([6, 8, 12, 16, 24, 32])))
    if through:
        fade_in.merge = "fade_through_white" if white else "fade_through_black"
    return fade_in


def _card(random):
    """A still page of words, on black or on a dark colour."""
    width, height = SIZE
    ground = [0, 0, 0] if random.random() < 0.6 else random.integers(0, 90, 3).tolist()
    page = np.full((height, width, 3), ground, np.uint8)
    for line in range(int(random.integers(1, 5))):
        word = "".join(random.choice(list("ABCDEFGHIKLMNOPRSTUVW "), int(random.integers(5, 18))))
        effects.write(page, word, (int(random.integers(10, 120)), 60 + 24 * line), 0.6)
    return [page] * int(random.integers(20, 48))


def write_film(path, pictures, *, crf=23):
    """Write the pictures as H.264 with long groups, as an editor would."""
    with av.open(str(path), "w") as file:
        video = file.add_stream("libx264", rate=RATE)
        video.width, video.height = SIZE
        video.pix_fmt = "yuv420p"
        video.codec_context.thread_count = 1
        video.options = {"preset": "veryfast", "crf": str(crf), "g": "96"}
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
    return path
