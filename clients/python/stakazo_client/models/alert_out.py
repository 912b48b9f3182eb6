from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.alert_status_enum import AlertStatusEnum, check_alert_status_enum
from ..models.severity_enum import SeverityEnum, check_severity_enum

T = TypeVar("T", bound="AlertOut")


@_attrs_define
class AlertOut:
    """Something that somebody should look at.

    Attributes:
        id (UUID):
        rule (str): Which rule saw it; manual: a person.
        severity (SeverityEnum): * `INFO` - Info
            * `WARN` - Warning
            * `ERROR` - Error
        title (str):
        message (str): What happened, and what to do about it.
        entity_type (str):
        entity_id (str):
        status (AlertStatusEnum): * `open` - Open
            * `acknowledged` - Acknowledged
            * `resolved` - Resolved
        count (int): How many things it stands for.
        first_seen (datetime.datetime):
        last_seen (datetime.datetime):
        read_at (datetime.datetime | None):
        acknowledged_at (datetime.datetime | None):
        resolved_at (datetime.datetime | None):
    """

    id: UUID
    rule: str
    severity: SeverityEnum
    title: str
    message: str
    entity_type: str
    entity_id: str
    status: AlertStatusEnum
    count: int
    first_seen: datetime.datetime
    last_seen: datetime.datetime
    read_at: datetime.datetime | None
    acknowledged_at: datetime.datetime | None
    resolved_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        rule = self.rule

        severity: str = self.severity

        title = self.title

        message = self.message

        entity_type = self.entity_type

        entity_id = self.entity_id

        status: str = self.status

        count = self.count

        first_seen = self.first_seen.isoformat()

        last_seen = self.last_seen.isoformat()

        read_at: None | str
        if isinstance(self.read_at, datetime.datetime):
            read_at = self.read_at.isoformat()
        else:
            read_at = self.read_at

        acknowledged_at: None | str
        if isinstance(self.acknowledged_at, datetime.datetime):
            acknowledged_at = self.acknowledged_at.isoformat()
        else:
            acknowledged_at = self.acknowledged_at

        resolved_at: None | str
        if isinstance(self.resolved_at, datetime.datetime):
            resolved_at = self.resolved_at.isoformat()
        else:
            resolved_at = self.resolved_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "rule": rule,
                "severity": severity,
                "title": title,
                "message": message,
                "entity_type": entity_type,
                "entity_id": entity_id,
                "status": status,
                "count": count,
                "first_seen": first_seen,
                "last_seen": last_seen,
                "read_at": read_at,
                "acknowledged_at": acknowledged_at,
                "resolved_at": resolved_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        rule = d.pop("rule")

        severity = check_severity_enum(d.pop("severity"))

        title = d.pop("title")

        message = d.pop("message")

        entity_type = d.pop("entity_type")

        entity_id = d.pop("entity_id")

        status = check_alert_status_enum(d.pop("status"))

        count = d.pop("count")

        first_seen = datetime.datetime.fromisoformat(d.pop("first_seen"))

        last_seen = datetime.datetime.fromisoformat(d.pop("last_seen"))

        def _parse_read_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                read_at_type_0 = datetime.datetime.fromisoformat(data)

                return read_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        read_at = _parse_read_at(d.pop("read_at"))

        def _parse_acknowledged_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                acknowledged_at_type_0 = datetime.datetime.fromisoformat(data)

                return acknowledged_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        acknowledged_at = _parse_acknowledged_at(d.pop("acknowledged_at"))

        def _parse_resolved_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resolved_at_type_0 = datetime.datetime.fromisoformat(data)

                return resolved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        resolved_at = _parse_resolved_at(d.pop("resolved_at"))

        alert_out = cls(
            id=id,
            rule=rule,
            severity=severity,
            title=title,
            message=message,
            entity_type=entity_type,
            entity_id=entity_id,
            status=status,
            count=count,
            first_seen=first_seen,
            last_seen=last_seen,
            read_at=read_at,
            acknowledged_at=acknowledged_at,
            resolved_at=resolved_at,
        )

        alert_out.additional_properties = d
        return alert_out

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
