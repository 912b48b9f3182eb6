from typing import Literal

ClipsPreviewPart = Literal["clip", "intro", "outro"]

CLIPS_PREVIEW_PART_VALUES: set[ClipsPreviewPart] = {
    "clip",
    "intro",
    "outro",
}


def check_clips_preview_part(value: str) -> ClipsPreviewPart:
    if value in CLIPS_PREVIEW_PART_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CLIPS_PREVIEW_PART_VALUES!r}")
