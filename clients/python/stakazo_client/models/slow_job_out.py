from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SlowJobOut")


@_attrs_define
class SlowJobOut:
    """A try that took long.

    Attributes:
        job_id (UUID):
        job_type (str):
        duration_ms (int):
        ended_at (datetime.datetime):
        ended_as (str): The type of that event.
        event_id (UUID): The event that ended the try.
    """

    job_id: UUID
    job_type: str
    duration_ms: int
    ended_at: datetime.datetime
    ended_as: str
    event_id: UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        job_id = str(self.job_id)

        job_type = self.job_type

        duration_ms = self.duration_ms

        ended_at = self.ended_at.isoformat()

        ended_as = self.ended_as

        event_id = str(self.event_id)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "job_id": job_id,
                "job_type": job_type,
                "duration_ms": duration_ms,
                "ended_at": ended_at,
                "ended_as": ended_as,
                "event_id": event_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        job_id = UUID(d.pop("job_id"))

        job_type = d.pop("job_type")

        duration_ms = d.pop("duration_ms")

        ended_at = datetime.datetime.fromisoformat(d.pop("ended_at"))

        ended_as = d.pop("ended_as")

        event_id = UUID(d.pop("event_id"))

        slow_job_out = cls(
            job_id=job_id,
            job_type=job_type,
            duration_ms=duration_ms,
            ended_at=ended_at,
            ended_as=ended_as,
            event_id=event_id,
        )

        slow_job_out.additional_properties = d
        return slow_job_out

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
