from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WatchedWorkerOut")


@_attrs_define
class WatchedWorkerOut:
    """A worker process.

    Attributes:
        id (str):
        seen_at (datetime.datetime):
        seen_s (float): Seconds ago.
    """

    id: str
    seen_at: datetime.datetime
    seen_s: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        seen_at = self.seen_at.isoformat()

        seen_s = self.seen_s

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "seen_at": seen_at,
                "seen_s": seen_s,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        seen_at = datetime.datetime.fromisoformat(d.pop("seen_at"))

        seen_s = d.pop("seen_s")

        watched_worker_out = cls(
            id=id,
            seen_at=seen_at,
            seen_s=seen_s,
        )

        watched_worker_out.additional_properties = d
        return watched_worker_out

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
