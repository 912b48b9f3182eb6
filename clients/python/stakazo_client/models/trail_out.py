from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.severity_enum import SeverityEnum, check_severity_enum

T = TypeVar("T", bound="TrailOut")


@_attrs_define
class TrailOut:
    """One event of its life.

    Attributes:
        id (UUID):
        timestamp (datetime.datetime):
        event_type (str):
        severity (SeverityEnum): * `INFO` - Info
            * `WARN` - Warning
            * `ERROR` - Error
        actor (str):
        why (str): The reason, where one was given.
    """

    id: UUID
    timestamp: datetime.datetime
    event_type: str
    severity: SeverityEnum
    actor: str
    why: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        timestamp = self.timestamp.isoformat()

        event_type = self.event_type

        severity: str = self.severity

        actor = self.actor

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "timestamp": timestamp,
                "event_type": event_type,
                "severity": severity,
                "actor": actor,
                "why": why,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        timestamp = datetime.datetime.fromisoformat(d.pop("timestamp"))

        event_type = d.pop("event_type")

        severity = check_severity_enum(d.pop("severity"))

        actor = d.pop("actor")

        why = d.pop("why")

        trail_out = cls(
            id=id,
            timestamp=timestamp,
            event_type=event_type,
            severity=severity,
            actor=actor,
            why=why,
        )

        trail_out.additional_properties = d
        return trail_out

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
