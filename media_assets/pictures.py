"""Pictures that somebody brought: looked at, made plain, and kept as PNG."""

import hashlib
import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

from media_assets.errors import BadPicture, EmptyFile, FileTooLarge, NotAPicture

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 4096 * 4096
MOST_SIDE_PX = 8192
LEAST_SIDE_PX = 8
FORMATS = ("PNG", "WEBP", "JPEG")


@dataclass(frozen=True)
class Picture:
    """A picture as we keep it: upright, 8 bits of sRGB and alpha, without anything else in the file."""

    png: bytes
    width_px: int
    height_px: int

    @property
    def sha256(self) -> str:
        """The hash of the PNG, in hex."""
        return hashlib.sha256(self.png).hexdigest()


def read_picture(data: bytes) -> Picture:
    """Decode a PNG, WebP or JPEG and write it anew, so that only its pixels go on.

    Raises EmptyFile, FileTooLarge, NotAPicture, BadPicture.
    """
    if not data:
        raise EmptyFile("The file is empty.")
    if len(data) > MOST_BYTES:
        raise FileTooLarge(
            f"The file is larger than {MOST_BYTES // 1024**2} MiB, the most we take of a picture.",
            max_bytes=MOST_BYTES,
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about odd but readable files
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                _refuse_odd_sizes(picture)
                plain = _plain(picture)
    except Image.UnidentifiedImageError:
        raise NotAPicture("This is no PNG, WebP or JPEG picture.") from None
    except Image.DecompressionBombError:
        raise BadPicture("The picture has too many pixels.", max_pixels=MOST_PIXELS) from None
    # Pillow's readers raise nearly anything on broken files.
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError) as error:
        raise BadPicture(f"The picture cannot be read: {error}.") from error
    if not plain.getchannel("A").getbbox():
        raise BadPicture("The picture is transparent everywhere.")
    written = io.BytesIO()
    plain.save(written, "PNG", compress_level=6)
    return Picture(written.getvalue(), *plain.size)


def _refuse_odd_sizes(picture: Image.Image) -> None:
    """Before any pixel is decoded."""
    width, height = picture.size
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE_PX:
        raise BadPicture(
            f"The picture is {width}×{height} pixels; we take up to {MOST_PIXELS / 1e6:.0f} million, "
            f"and {MOST_SIDE_PX} on a side.",
            max_pixels=MOST_PIXELS,
        )
    if min(width, height) < LEAST_SIDE_PX:
        raise BadPicture(f"The picture is {width}×{height} pixels; it needs {LEAST_SIDE_PX}.")
    if getattr(picture, "n_frames", 1) > 1:
        raise BadPicture("The picture moves; bring a still one, or a video as intro or outro.")


def _plain(picture: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(picture)
    profile = upright.info.get("icc_profile")
    if profile and upright.mode in ("RGB", "RGBA", "CMYK", "L"):
        alpha = upright.getchannel("A") if upright.mode == "RGBA" else None
        try:
            colours = ImageCms.profileToProfile(
                upright.convert("RGB") if alpha else upright,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except ImageCms.PyCMSError:  # a broken profile is no reason to refuse the picture
            colours = None
        if colours is not None:
            upright = colours
            if alpha:
                upright.putalpha(alpha)
    plain = Image.new("RGBA", upright.size)
    plain.paste(upright.convert("RGBA"))
    return plain
