from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BudgetOut")


@_attrs_define
class BudgetOut:
    """How much of a key is used, and when some is free.

    Attributes:
        key (str): What is rationed: an account, an endpoint.
        limit (int): Units in any stretch of per_s seconds.
        per_s (float):
        gap_s (float): Seconds between two takes, at least.
        used (int): Units that count now.
        left (int):
        wait_s (float): Until one unit can be taken; 0: now.
        next_free_at (datetime.datetime | None):
    """

    key: str
    limit: int
    per_s: float
    gap_s: float
    used: int
    left: int
    wait_s: float
    next_free_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        limit = self.limit

        per_s = self.per_s

        gap_s = self.gap_s

        used = self.used

        left = self.left

        wait_s = self.wait_s

        next_free_at: None | str
        if isinstance(self.next_free_at, datetime.datetime):
            next_free_at = self.next_free_at.isoformat()
        else:
            next_free_at = self.next_free_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key": key,
                "limit": limit,
                "per_s": per_s,
                "gap_s": gap_s,
                "used": used,
                "left": left,
                "wait_s": wait_s,
                "next_free_at": next_free_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        key = d.pop("key")

        limit = d.pop("limit")

        per_s = d.pop("per_s")

        gap_s = d.pop("gap_s")

        used = d.pop("used")

        left = d.pop("left")

        wait_s = d.pop("wait_s")

        def _parse_next_free_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_free_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_free_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_free_at = _parse_next_free_at(d.pop("next_free_at"))

        budget_out = cls(
            key=key,
            limit=limit,
            per_s=per_s,
            gap_s=gap_s,
            used=used,
            left=left,
            wait_s=wait_s,
            next_free_at=next_free_at,
        )

        budget_out.additional_properties = d
        return budget_out

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
