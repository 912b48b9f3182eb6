from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.watched_worker_out import WatchedWorkerOut


T = TypeVar("T", bound="WatchedWorkersOut")


@_attrs_define
class WatchedWorkersOut:
    """Workers of the last hour, the latest seen first.

    Attributes:
        seen (list[WatchedWorkerOut]):
    """

    seen: list[WatchedWorkerOut]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        seen = []
        for seen_item_data in self.seen:
            seen_item = seen_item_data.to_dict()
            seen.append(seen_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "seen": seen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.watched_worker_out import WatchedWorkerOut  # noqa: PLC0415

        d = dict(src_dict)
        seen = []
        _seen = d.pop("seen")
        for seen_item_data in _seen:
            seen_item = WatchedWorkerOut.from_dict(seen_item_data)

            seen.append(seen_item)

        watched_workers_out = cls(
            seen=seen,
        )

        watched_workers_out.additional_properties = d
        return watched_workers_out

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
