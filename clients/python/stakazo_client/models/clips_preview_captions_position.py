from typing import Literal

ClipsPreviewCaptionsPosition = Literal["bottom", "middle", "top"]

CLIPS_PREVIEW_CAPTIONS_POSITION_VALUES: set[ClipsPreviewCaptionsPosition] = {
    "bottom",
    "middle",
    "top",
}


def check_clips_preview_captions_position(value: str) -> ClipsPreviewCaptionsPosition:
    if value in CLIPS_PREVIEW_CAPTIONS_POSITION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CLIPS_PREVIEW_CAPTIONS_POSITION_VALUES!r}")
