"""Pictures that lie over the clip: files that ffmpeg reads beside it, and where each goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Layer:
    """Pictures of one size, one PNG after the other in one file; x and y in pixels, even.

    starts: the frame of the clip from which each is shown, until the next one's, the last one until
    the end.
    """

    path: Path
    x: int
    y: int
    starts: tuple[int, ...] = (0,)


def write_layer(
    path: Path, pictures: Sequence[Pixels], *, x: int, y: int, starts: Sequence[int] = (0,)
) -> Layer:
    """Write RGBA pictures of one size as a layer."""
    with path.open("wb") as file:
        for picture in pictures:
            Image.fromarray(picture).save(file, "PNG", compress_level=1)
    return Layer(path, x, y, tuple(starts))


def pictures_of(layer: Layer) -> str:
    """The source filter that reads a layer.

    It decodes a picture when the next filter asks for one. As inputs of the command all states of
    the captions would be decoded at once, and wait in memory.
    """
    path = _escaped(_escaped(f"file:{layer.path}", "\\':"), "\\'[],;")
    return f"movie={path}:f=png_pipe:dec_threads=1:format_opts=framerate=1"


def _escaped(text: str, special: str) -> str:
    return "".join(f"\\{letter}" if letter in special else letter for letter in text)


def layers_chain(layers: Sequence[Layer], *, rate: Fraction, before: str, after: str) -> list[str]:
    """Chains that put the layers over [before] and call the result [after].

    The times of [before] are the clip's, at this rate.
    """
    chains: list[str] = []
    at = before
    for number, layer in enumerate(layers):
        over, shown = f"{after}l{number}", after if layer is layers[-1] else f"{after}o{number}"
        # RGB becomes BT.709, as all else here; alone, ffmpeg would take BT.601.
        chains.append(
            f"{pictures_of(layer)},settb=1/1000000,setpts='{_times(layer.starts, rate)}',"
            f"scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd,format=yuva420p[{over}]"
        )
        chains.append(f"[{at}][{over}]overlay={layer.x}:{layer.y}:format=yuv420[{shown}]")
        at = shown
    return chains


def _times(starts: Sequence[int], rate: Fraction) -> str:
    """Number of the picture → microseconds: half a frame before the first frame that shows it."""
    times = [max(0, round((start - Fraction(1, 2)) / rate * 1_000_000)) for start in starts]
    return _chosen_by_number(times, 0)


def _chosen_by_number(times: Sequence[int], first: int) -> str:
    """Nested as a balanced tree: hundreds of cues stay within ffmpeg's depth of 100."""
    if len(times) == 1:
        return str(times[0])
    middle = len(times) // 2
    return (
        f"if(lt(N,{first + middle}),{_chosen_by_number(times[:middle], first)},"
        f"{_chosen_by_number(times[middle:], first + middle)})"
    )


def trimmed(picture: Pixels) -> tuple[Pixels, int, int] | None:
    """The part of an RGBA picture that can be seen, on even pixels, and its x and y."""
    rows, columns = np.nonzero(picture[..., 3].any(1))[0], np.nonzero(picture[..., 3].any(0))[0]
    if not len(rows):
        return None
    top, left = int(rows[0]) // 2 * 2, int(columns[0]) // 2 * 2
    bottom, right = -(-int(rows[-1] + 1) // 2) * 2, -(-int(columns[-1] + 1) // 2) * 2
    return np.ascontiguousarray(picture[top:bottom, left:right]), left, top
