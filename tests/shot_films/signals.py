"""What shot detection needs of a film, measured without the rest of the pass."""

import cv2
import numpy as np

from media_assets.analysis.columns import Columns
from media_assets.analysis.histograms import BlockHistograms, histogram_distance
from media_assets.analysis.reading import (
    frames_of,
    main_audio,
    main_video,
    opened,
    small_luma,
    small_size,
    source_of,
)
from media_assets.analysis.strip import Strip, thumbnail


class Signals:
    """Takes small grey pictures one by one; frames and strip are what `find_changes` wants."""

    def __init__(self, size):
        self.frames = Columns(at_us=np.int64, difference=np.float32, histogram=np.float32)
        self.strip = Strip(upright=size[1] > size[0])
        self._histograms, self._last = BlockHistograms(size), None

    def add(self, picture, at_us):
        """The next picture."""
        table, difference, distance = self._histograms.of(picture), 0.0, 0.0
        if self._last is not None:
            difference = float(cv2.absdiff(picture, self._last[0]).mean())
            distance = histogram_distance(self._last[1], table)
        self._last = picture, table
        self.frames.append(at_us, difference, distance)
        self.strip.append(thumbnail(picture))


def signals_of(path):
    """(frames, strip) of a file, as the pass measures them."""
    signals, last_us = None, -1
    with opened(path) as container:
        stream = main_video(container)
        stream.thread_type = "AUTO"
        stream.codec_context.options = {"skip_loop_filter": "all"}
        for frame in frames_of(container, stream):
            if signals is None:
                source = source_of(container, stream, main_audio(container), frame)
                size = small_size(source)
                signals = Signals(size)
            at_us = round(frame.pts * frame.time_base * 1_000_000) - source.origin_us
            if at_us > last_us:
                last_us = at_us
                signals.add(small_luma(frame, source, size), at_us)
    return signals.frames, signals.strip


def signals_from(pictures, *, fps=24, times_us=None):
    """(frames, strip) of BGR pictures, without a file."""
    signals = None
    for number, picture in enumerate(pictures):
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        height, width = grey.shape
        scale = 160 / max(height, width)
        size = (2 * round(width * scale / 2), 2 * round(height * scale / 2))
        signals = signals or Signals(size)
        at_us = times_us[number] if times_us else round(number * 1_000_000 / fps)
        signals.add(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), at_us)
    return signals.frames, signals.strip
