from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.budget_scope_enum import BudgetScopeEnum, check_budget_scope_enum

T = TypeVar("T", bound="AccountBudgetOut")


@_attrs_define
class AccountBudgetOut:
    """How a budget stands that calls for an account take from.

    Attributes:
        scope (BudgetScopeEnum): * `account` - account
            * `app` - app
        name (str): What is rationed: posts, calls, an endpoint.
        limit (int): Units in any stretch of per_s seconds.
        per_s (float):
        gap_s (float): Seconds between two uses, at least.
        used (int):
        wait_s (float): Until one unit can be taken; 0: now.
    """

    scope: BudgetScopeEnum
    name: str
    limit: int
    per_s: float
    gap_s: float
    used: int
    wait_s: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        scope: str = self.scope

        name = self.name

        limit = self.limit

        per_s = self.per_s

        gap_s = self.gap_s

        used = self.used

        wait_s = self.wait_s

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "scope": scope,
                "name": name,
                "limit": limit,
                "per_s": per_s,
                "gap_s": gap_s,
                "used": used,
                "wait_s": wait_s,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        scope = check_budget_scope_enum(d.pop("scope"))

        name = d.pop("name")

        limit = d.pop("limit")

        per_s = d.pop("per_s")

        gap_s = d.pop("gap_s")

        used = d.pop("used")

        wait_s = d.pop("wait_s")

        account_budget_out = cls(
            scope=scope,
            name=name,
            limit=limit,
            per_s=per_s,
            gap_s=gap_s,
            used=used,
            wait_s=wait_s,
        )

        account_budget_out.additional_properties = d
        return account_budget_out

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
