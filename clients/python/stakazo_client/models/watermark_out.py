from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.clip_status_enum import ClipStatusEnum, check_clip_status_enum
from ..models.watermark_position_enum import WatermarkPositionEnum, check_watermark_position_enum

T = TypeVar("T", bound="WatermarkOut")


@_attrs_define
class WatermarkOut:
    """A mark or logo for a corner of the picture.

    Attributes:
        id (UUID):
        url (str):
        name (str):
        status (ClipStatusEnum): * `ready` - Ready
            * `archived` - Archived
        position (WatermarkPositionEnum): * `top_left` - Top left
            * `top_right` - Top right
            * `bottom_left` - Bottom left
            * `bottom_right` - Bottom right
        margin (float): From the edges, as a share of the shorter side of the picture: 0 to 0.3.
        width_share (float): Its width, as a share of the picture's: 0.02 to 1.
        opacity (float): 0.05, hardly there, to 1, as drawn.
        width_px (int):
        height_px (int):
        sha256 (str): Of the stored PNG.
        created_at (datetime.datetime):
        image_url (None | str):
    """

    id: UUID
    url: str
    name: str
    status: ClipStatusEnum
    position: WatermarkPositionEnum
    margin: float
    width_share: float
    opacity: float
    width_px: int
    height_px: int
    sha256: str
    created_at: datetime.datetime
    image_url: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        url = self.url

        name = self.name

        status: str = self.status

        position: str = self.position

        margin = self.margin

        width_share = self.width_share

        opacity = self.opacity

        width_px = self.width_px

        height_px = self.height_px

        sha256 = self.sha256

        created_at = self.created_at.isoformat()

        image_url: None | str
        image_url = self.image_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "name": name,
                "status": status,
                "position": position,
                "margin": margin,
                "width_share": width_share,
                "opacity": opacity,
                "width_px": width_px,
                "height_px": height_px,
                "sha256": sha256,
                "created_at": created_at,
                "image_url": image_url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        name = d.pop("name")

        status = check_clip_status_enum(d.pop("status"))

        position = check_watermark_position_enum(d.pop("position"))

        margin = d.pop("margin")

        width_share = d.pop("width_share")

        opacity = d.pop("opacity")

        width_px = d.pop("width_px")

        height_px = d.pop("height_px")

        sha256 = d.pop("sha256")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_image_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        image_url = _parse_image_url(d.pop("image_url"))

        watermark_out = cls(
            id=id,
            url=url,
            name=name,
            status=status,
            position=position,
            margin=margin,
            width_share=width_share,
            opacity=opacity,
            width_px=width_px,
            height_px=height_px,
            sha256=sha256,
            created_at=created_at,
            image_url=image_url,
        )

        watermark_out.additional_properties = d
        return watermark_out

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
