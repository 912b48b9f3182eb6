from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="HourOut")


@_attrs_define
class HourOut:
    """What one hour had.

    Attributes:
        hour (datetime.datetime): Its beginning, in UTC.
        events (int):
        errors (int):
        completed (int): Jobs.
        failed (int): Jobs, for good.
    """

    hour: datetime.datetime
    events: int
    errors: int
    completed: int
    failed: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        hour = self.hour.isoformat()

        events = self.events

        errors = self.errors

        completed = self.completed

        failed = self.failed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "hour": hour,
                "events": events,
                "errors": errors,
                "completed": completed,
                "failed": failed,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        hour = datetime.datetime.fromisoformat(d.pop("hour"))

        events = d.pop("events")

        errors = d.pop("errors")

        completed = d.pop("completed")

        failed = d.pop("failed")

        hour_out = cls(
            hour=hour,
            events=events,
            errors=errors,
            completed=completed,
            failed=failed,
        )

        hour_out.additional_properties = d
        return hour_out

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
