from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.hold_status_enum import HoldStatusEnum, check_hold_status_enum

T = TypeVar("T", bound="HoldOut")


@_attrs_define
class HoldOut:
    """Why nothing is posted on an account now, and until when.

    Attributes:
        id (UUID):
        status (HoldStatusEnum): * `held` - Held
            * `trying` - One post tries
            * `over` - Over
        why (str): The failure that began it.
        remedy (str):
        times (int): How often it was held in a row.
        retry_at (datetime.datetime): When one post may try.
        created_at (datetime.datetime):
    """

    id: UUID
    status: HoldStatusEnum
    why: str
    remedy: str
    times: int
    retry_at: datetime.datetime
    created_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        status: str = self.status

        why = self.why

        remedy = self.remedy

        times = self.times

        retry_at = self.retry_at.isoformat()

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "why": why,
                "remedy": remedy,
                "times": times,
                "retry_at": retry_at,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        status = check_hold_status_enum(d.pop("status"))

        why = d.pop("why")

        remedy = d.pop("remedy")

        times = d.pop("times")

        retry_at = datetime.datetime.fromisoformat(d.pop("retry_at"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        hold_out = cls(
            id=id,
            status=status,
            why=why,
            remedy=remedy,
            times=times,
            retry_at=retry_at,
            created_at=created_at,
        )

        hold_out.additional_properties = d
        return hold_out

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
