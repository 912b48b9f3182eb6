from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.format_codec_enum import FormatCodecEnum, check_format_codec_enum

T = TypeVar("T", bound="FormatOut")


@_attrs_define
class FormatOut:
    """A shape that clips can be rendered in, and its limits.

    Attributes:
        name (str): Such as story_720x1280. It cannot be changed later.
        width_px (int):
        height_px (int):
        keeps_ratio (bool): Width and height are the most; nothing is cropped.
        by_default (bool): Rendered when nobody names the formats.
        codec (FormatCodecEnum): * `h264` - H.264
        crf (int): Quality: 18 is very good, 28 is a preview. Lower is better and larger.
        max_fps (int):
        max_rate_bps (int): Bits per second of the picture, at its peak.
        min_ms (int):
        max_ms (int):
        max_bytes (int): The bit rate is lowered for long clips so that files stay below this.
    """

    name: str
    width_px: int
    height_px: int
    keeps_ratio: bool
    by_default: bool
    codec: FormatCodecEnum
    crf: int
    max_fps: int
    max_rate_bps: int
    min_ms: int
    max_ms: int
    max_bytes: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        width_px = self.width_px

        height_px = self.height_px

        keeps_ratio = self.keeps_ratio

        by_default = self.by_default

        codec: str = self.codec

        crf = self.crf

        max_fps = self.max_fps

        max_rate_bps = self.max_rate_bps

        min_ms = self.min_ms

        max_ms = self.max_ms

        max_bytes = self.max_bytes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "width_px": width_px,
                "height_px": height_px,
                "keeps_ratio": keeps_ratio,
                "by_default": by_default,
                "codec": codec,
                "crf": crf,
                "max_fps": max_fps,
                "max_rate_bps": max_rate_bps,
                "min_ms": min_ms,
                "max_ms": max_ms,
                "max_bytes": max_bytes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        width_px = d.pop("width_px")

        height_px = d.pop("height_px")

        keeps_ratio = d.pop("keeps_ratio")

        by_default = d.pop("by_default")

        codec = check_format_codec_enum(d.pop("codec"))

        crf = d.pop("crf")

        max_fps = d.pop("max_fps")

        max_rate_bps = d.pop("max_rate_bps")

        min_ms = d.pop("min_ms")

        max_ms = d.pop("max_ms")

        max_bytes = d.pop("max_bytes")

        format_out = cls(
            name=name,
            width_px=width_px,
            height_px=height_px,
            keeps_ratio=keeps_ratio,
            by_default=by_default,
            codec=codec,
            crf=crf,
            max_fps=max_fps,
            max_rate_bps=max_rate_bps,
            min_ms=min_ms,
            max_ms=max_ms,
            max_bytes=max_bytes,
        )

        format_out.additional_properties = d
        return format_out

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
