from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.subscriber_status_enum import SubscriberStatusEnum, check_subscriber_status_enum

T = TypeVar("T", bound="SubscriberSecretOut")


@_attrs_define
class SubscriberSecretOut:
    """A subscriber with its new secret, told this once.

    Attributes:
        id (UUID):
        name (str):
        url (str): https, on a public address.
        event_types (list[str]):
        status (SubscriberStatusEnum): * `active` - Active
            * `disabled` - Disabled
        disabled_reason (str):
        failures (int): Tries in a row that the address did not take.
        failing_since (datetime.datetime | None):
        retry_at (datetime.datetime | None): Nothing is sent there before.
        last_success_at (datetime.datetime | None):
        former_secret_until (datetime.datetime | None): Until then both secrets sign.
        active_since (datetime.datetime): Events before it are not told.
        created_at (datetime.datetime):
        secret (str): whsec_ and base64.
    """

    id: UUID
    name: str
    url: str
    event_types: list[str]
    status: SubscriberStatusEnum
    disabled_reason: str
    failures: int
    failing_since: datetime.datetime | None
    retry_at: datetime.datetime | None
    last_success_at: datetime.datetime | None
    former_secret_until: datetime.datetime | None
    active_since: datetime.datetime
    created_at: datetime.datetime
    secret: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        url = self.url

        event_types = self.event_types

        status: str = self.status

        disabled_reason = self.disabled_reason

        failures = self.failures

        failing_since: None | str
        if isinstance(self.failing_since, datetime.datetime):
            failing_since = self.failing_since.isoformat()
        else:
            failing_since = self.failing_since

        retry_at: None | str
        if isinstance(self.retry_at, datetime.datetime):
            retry_at = self.retry_at.isoformat()
        else:
            retry_at = self.retry_at

        last_success_at: None | str
        if isinstance(self.last_success_at, datetime.datetime):
            last_success_at = self.last_success_at.isoformat()
        else:
            last_success_at = self.last_success_at

        former_secret_until: None | str
        if isinstance(self.former_secret_until, datetime.datetime):
            former_secret_until = self.former_secret_until.isoformat()
        else:
            former_secret_until = self.former_secret_until

        active_since = self.active_since.isoformat()

        created_at = self.created_at.isoformat()

        secret = self.secret

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "url": url,
                "event_types": event_types,
                "status": status,
                "disabled_reason": disabled_reason,
                "failures": failures,
                "failing_since": failing_since,
                "retry_at": retry_at,
                "last_success_at": last_success_at,
                "former_secret_until": former_secret_until,
                "active_since": active_since,
                "created_at": created_at,
                "secret": secret,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        url = d.pop("url")

        event_types = cast(list[str], d.pop("event_types"))

        status = check_subscriber_status_enum(d.pop("status"))

        disabled_reason = d.pop("disabled_reason")

        failures = d.pop("failures")

        def _parse_failing_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                failing_since_type_0 = datetime.datetime.fromisoformat(data)

                return failing_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        failing_since = _parse_failing_since(d.pop("failing_since"))

        def _parse_retry_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                retry_at_type_0 = datetime.datetime.fromisoformat(data)

                return retry_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        retry_at = _parse_retry_at(d.pop("retry_at"))

        def _parse_last_success_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_success_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_success_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_success_at = _parse_last_success_at(d.pop("last_success_at"))

        def _parse_former_secret_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                former_secret_until_type_0 = datetime.datetime.fromisoformat(data)

                return former_secret_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        former_secret_until = _parse_former_secret_until(d.pop("former_secret_until"))

        active_since = datetime.datetime.fromisoformat(d.pop("active_since"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        secret = d.pop("secret")

        subscriber_secret_out = cls(
            id=id,
            name=name,
            url=url,
            event_types=event_types,
            status=status,
            disabled_reason=disabled_reason,
            failures=failures,
            failing_since=failing_since,
            retry_at=retry_at,
            last_success_at=last_success_at,
            former_secret_until=former_secret_until,
            active_since=active_since,
            created_at=created_at,
            secret=secret,
        )

        subscriber_secret_out.additional_properties = d
        return subscriber_secret_out

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
