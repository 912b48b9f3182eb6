from typing import Literal

FormatCodecEnum = Literal["h264"]

FORMAT_CODEC_ENUM_VALUES: set[FormatCodecEnum] = {
    "h264",
}


def check_format_codec_enum(value: str) -> FormatCodecEnum:
    if value in FORMAT_CODEC_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FORMAT_CODEC_ENUM_VALUES!r}")
