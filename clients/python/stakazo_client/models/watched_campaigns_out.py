from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.watched_campaigns_out_by_status import WatchedCampaignsOutByStatus


T = TypeVar("T", bound="WatchedCampaignsOut")


@_attrs_define
class WatchedCampaignsOut:
    """Campaigns by status.

    Attributes:
        by_status (WatchedCampaignsOutByStatus):
    """

    by_status: WatchedCampaignsOutByStatus
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        by_status = self.by_status.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "by_status": by_status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.watched_campaigns_out_by_status import WatchedCampaignsOutByStatus  # noqa: PLC0415

        d = dict(src_dict)
        by_status = WatchedCampaignsOutByStatus.from_dict(d.pop("by_status"))

        watched_campaigns_out = cls(
            by_status=by_status,
        )

        watched_campaigns_out.additional_properties = d
        return watched_campaigns_out

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
