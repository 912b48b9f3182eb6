from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.clip_status_enum import ClipStatusEnum, check_clip_status_enum

T = TypeVar("T", bound="CardOut")


@_attrs_define
class CardOut:
    """A still for before or after a clip.

    Attributes:
        id (UUID):
        url (str):
        name (str):
        status (ClipStatusEnum): * `ready` - Ready
            * `archived` - Archived
        text (str):
        background (str): Where there is no picture: a colour such as #101418.
        duration_ms (int): How long it is shown: 500 to 15 000.
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
    text: str
    background: str
    duration_ms: int
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

        text = self.text

        background = self.background

        duration_ms = self.duration_ms

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
                "text": text,
                "background": background,
                "duration_ms": duration_ms,
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

        text = d.pop("text")

        background = d.pop("background")

        duration_ms = d.pop("duration_ms")

        width_px = d.pop("width_px")

        height_px = d.pop("height_px")

        sha256 = d.pop("sha256")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_image_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        image_url = _parse_image_url(d.pop("image_url"))

        card_out = cls(
            id=id,
            url=url,
            name=name,
            status=status,
            text=text,
            background=background,
            duration_ms=duration_ms,
            width_px=width_px,
            height_px=height_px,
            sha256=sha256,
            created_at=created_at,
            image_url=image_url,
        )

        card_out.additional_properties = d
        return card_out

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
