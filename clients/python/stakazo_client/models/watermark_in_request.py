from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..models.watermark_position_enum import WatermarkPositionEnum, check_watermark_position_enum
from ..types import UNSET, File, Unset

T = TypeVar("T", bound="WatermarkInRequest")


@_attrs_define
class WatermarkInRequest:
    """A PNG, WebP or JPEG of at most 8 MiB, and where it goes.

    Attributes:
        file (File): PNG, WebP or JPEG.
        name (str | Unset):  Default: ''.
        position (WatermarkPositionEnum | Unset): * `top_left` - Top left
            * `top_right` - Top right
            * `bottom_left` - Bottom left
            * `bottom_right` - Bottom right Default: 'top_right'.
        margin (float | Unset): Share of the picture's shorter side: 0 to 0.3. Default: 0.05.
        width_share (float | Unset): Share of the picture's width: 0.02 to 1. Default: 0.16.
        opacity (float | Unset): 0.05 to 1. Default: 0.85.
    """

    file: File
    name: str | Unset = ""
    position: WatermarkPositionEnum | Unset = "top_right"
    margin: float | Unset = 0.05
    width_share: float | Unset = 0.16
    opacity: float | Unset = 0.85
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        file = self.file.to_tuple()

        name = self.name

        position: str | Unset = UNSET
        if not isinstance(self.position, Unset):
            position = self.position

        margin = self.margin

        width_share = self.width_share

        opacity = self.opacity

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "file": file,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if position is not UNSET:
            field_dict["position"] = position
        if margin is not UNSET:
            field_dict["margin"] = margin
        if width_share is not UNSET:
            field_dict["width_share"] = width_share
        if opacity is not UNSET:
            field_dict["opacity"] = opacity

        return field_dict

    def to_multipart(self) -> types.RequestFiles:
        files: types.RequestFiles = []

        files.append(("file", self.file.to_tuple()))

        if not isinstance(self.name, Unset):
            files.append(("name", (None, str(self.name).encode(), "text/plain")))

        if not isinstance(self.position, Unset):
            files.append(("position", (None, str(self.position).encode(), "text/plain")))

        if not isinstance(self.margin, Unset):
            files.append(("margin", (None, str(self.margin).encode(), "text/plain")))

        if not isinstance(self.width_share, Unset):
            files.append(("width_share", (None, str(self.width_share).encode(), "text/plain")))

        if not isinstance(self.opacity, Unset):
            files.append(("opacity", (None, str(self.opacity).encode(), "text/plain")))

        for prop_name, prop in self.additional_properties.items():
            files.append((prop_name, (None, str(prop).encode(), "text/plain")))

        return files

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        file = File(payload=BytesIO(d.pop("file")))

        name = d.pop("name", UNSET)

        _position = d.pop("position", UNSET)
        position: WatermarkPositionEnum | Unset
        if isinstance(_position, Unset):
            position = UNSET
        else:
            position = check_watermark_position_enum(_position)

        margin = d.pop("margin", UNSET)

        width_share = d.pop("width_share", UNSET)

        opacity = d.pop("opacity", UNSET)

        watermark_in_request = cls(
            file=file,
            name=name,
            position=position,
            margin=margin,
            width_share=width_share,
            opacity=opacity,
        )

        watermark_in_request.additional_properties = d
        return watermark_in_request

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
