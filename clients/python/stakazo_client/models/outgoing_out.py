from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.outgoing_status_enum import OutgoingStatusEnum, check_outgoing_status_enum

T = TypeVar("T", bound="OutgoingOut")


@_attrs_define
class OutgoingOut:
    """A message, in short.

    Attributes:
        id (UUID):
        subscriber (UUID):
        event_id (None | UUID): Of the ledger; a ping has none.
        event_type (str):
        status (OutgoingStatusEnum): * `waiting` - Waiting
            * `delivered` - Delivered
            * `failed` - Failed
        attempts (int):
        next_at (datetime.datetime):
        delivered_at (datetime.datetime | None):
        failed_at (datetime.datetime | None): Nothing more is tried.
        error (str):
        created_at (datetime.datetime):
    """

    id: UUID
    subscriber: UUID
    event_id: None | UUID
    event_type: str
    status: OutgoingStatusEnum
    attempts: int
    next_at: datetime.datetime
    delivered_at: datetime.datetime | None
    failed_at: datetime.datetime | None
    error: str
    created_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        subscriber = str(self.subscriber)

        event_id: None | str
        if isinstance(self.event_id, UUID):
            event_id = str(self.event_id)
        else:
            event_id = self.event_id

        event_type = self.event_type

        status: str = self.status

        attempts = self.attempts

        next_at = self.next_at.isoformat()

        delivered_at: None | str
        if isinstance(self.delivered_at, datetime.datetime):
            delivered_at = self.delivered_at.isoformat()
        else:
            delivered_at = self.delivered_at

        failed_at: None | str
        if isinstance(self.failed_at, datetime.datetime):
            failed_at = self.failed_at.isoformat()
        else:
            failed_at = self.failed_at

        error = self.error

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "subscriber": subscriber,
                "event_id": event_id,
                "event_type": event_type,
                "status": status,
                "attempts": attempts,
                "next_at": next_at,
                "delivered_at": delivered_at,
                "failed_at": failed_at,
                "error": error,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        subscriber = UUID(d.pop("subscriber"))

        def _parse_event_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                event_id_type_0 = UUID(data)

                return event_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        event_id = _parse_event_id(d.pop("event_id"))

        event_type = d.pop("event_type")

        status = check_outgoing_status_enum(d.pop("status"))

        attempts = d.pop("attempts")

        next_at = datetime.datetime.fromisoformat(d.pop("next_at"))

        def _parse_delivered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                delivered_at_type_0 = datetime.datetime.fromisoformat(data)

                return delivered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        delivered_at = _parse_delivered_at(d.pop("delivered_at"))

        def _parse_failed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                failed_at_type_0 = datetime.datetime.fromisoformat(data)

                return failed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        failed_at = _parse_failed_at(d.pop("failed_at"))

        error = d.pop("error")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        outgoing_out = cls(
            id=id,
            subscriber=subscriber,
            event_id=event_id,
            event_type=event_type,
            status=status,
            attempts=attempts,
            next_at=next_at,
            delivered_at=delivered_at,
            failed_at=failed_at,
            error=error,
            created_at=created_at,
        )

        outgoing_out.additional_properties = d
        return outgoing_out

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
