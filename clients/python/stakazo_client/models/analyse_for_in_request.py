from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="AnalyseForInRequest")


@_attrs_define
class AnalyseForInRequest:
    """A video, and the platforms whose rules in use say what to look for.

    Attributes:
        video_id (UUID):
        platforms (list[str]):
        clip_count (int | Unset):
    """

    video_id: UUID
    platforms: list[str]
    clip_count: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        video_id = str(self.video_id)

        platforms = self.platforms

        clip_count = self.clip_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "video_id": video_id,
                "platforms": platforms,
            }
        )
        if clip_count is not UNSET:
            field_dict["clip_count"] = clip_count

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        video_id = UUID(d.pop("video_id"))

        platforms = cast(list[str], d.pop("platforms"))

        clip_count = d.pop("clip_count", UNSET)

        analyse_for_in_request = cls(
            video_id=video_id,
            platforms=platforms,
            clip_count=clip_count,
        )

        analyse_for_in_request.additional_properties = d
        return analyse_for_in_request

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
