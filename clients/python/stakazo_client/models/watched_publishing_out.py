from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.watched_publishing_out_by_status import WatchedPublishingOutByStatus
    from ..models.watched_publishing_out_platforms import WatchedPublishingOutPlatforms


T = TypeVar("T", bound="WatchedPublishingOut")


@_attrs_define
class WatchedPublishingOut:
    """Publications by status, in all and per platform.

    Attributes:
        by_status (WatchedPublishingOutByStatus):
        platforms (WatchedPublishingOutPlatforms):
    """

    by_status: WatchedPublishingOutByStatus
    platforms: WatchedPublishingOutPlatforms
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        by_status = self.by_status.to_dict()

        platforms = self.platforms.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "by_status": by_status,
                "platforms": platforms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.watched_publishing_out_by_status import WatchedPublishingOutByStatus  # noqa: PLC0415
        from ..models.watched_publishing_out_platforms import WatchedPublishingOutPlatforms  # noqa: PLC0415

        d = dict(src_dict)
        by_status = WatchedPublishingOutByStatus.from_dict(d.pop("by_status"))

        platforms = WatchedPublishingOutPlatforms.from_dict(d.pop("platforms"))

        watched_publishing_out = cls(
            by_status=by_status,
            platforms=platforms,
        )

        watched_publishing_out.additional_properties = d
        return watched_publishing_out

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
