from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ScheduleInRequest")


@_attrs_define
class ScheduleInRequest:
    """When to post.

    Attributes:
        scheduled_at (datetime.datetime | None | Unset): None: now. Without an offset: of the account's clocks.
        next_slot (bool | Unset): True: at the account's next free slot. Default: False.
        allow_repeat (bool | Unset): True: though the same clip went out there with nearly the same words. Default:
            False.
    """

    scheduled_at: datetime.datetime | None | Unset = UNSET
    next_slot: bool | Unset = False
    allow_repeat: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        scheduled_at: None | str | Unset
        if isinstance(self.scheduled_at, Unset):
            scheduled_at = UNSET
        elif isinstance(self.scheduled_at, datetime.datetime):
            scheduled_at = self.scheduled_at.isoformat()
        else:
            scheduled_at = self.scheduled_at

        next_slot = self.next_slot

        allow_repeat = self.allow_repeat

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if scheduled_at is not UNSET:
            field_dict["scheduled_at"] = scheduled_at
        if next_slot is not UNSET:
            field_dict["next_slot"] = next_slot
        if allow_repeat is not UNSET:
            field_dict["allow_repeat"] = allow_repeat

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_scheduled_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                scheduled_at_type_0 = datetime.datetime.fromisoformat(data)

                return scheduled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        scheduled_at = _parse_scheduled_at(d.pop("scheduled_at", UNSET))

        next_slot = d.pop("next_slot", UNSET)

        allow_repeat = d.pop("allow_repeat", UNSET)

        schedule_in_request = cls(
            scheduled_at=scheduled_at,
            next_slot=next_slot,
            allow_repeat=allow_repeat,
        )

        schedule_in_request.additional_properties = d
        return schedule_in_request

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
