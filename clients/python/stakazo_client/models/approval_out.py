from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.approval_mode_enum import ApprovalModeEnum, check_approval_mode_enum

T = TypeVar("T", bound="ApprovalOut")


@_attrs_define
class ApprovalOut:
    """Whose yes a publication needs, and whose it has for what it says now.

    Attributes:
        asks_for (ApprovalModeEnum): * `off` - Nobody's
            * `one` - Somebody's
            * `second` - A second person's
        missing (bool):
        by (None | str):
        at (datetime.datetime | None):
    """

    asks_for: ApprovalModeEnum
    missing: bool
    by: None | str
    at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        asks_for: str = self.asks_for

        missing = self.missing

        by: None | str
        by = self.by

        at: None | str
        if isinstance(self.at, datetime.datetime):
            at = self.at.isoformat()
        else:
            at = self.at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "asks_for": asks_for,
                "missing": missing,
                "by": by,
                "at": at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        asks_for = check_approval_mode_enum(d.pop("asks_for"))

        missing = d.pop("missing")

        def _parse_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        by = _parse_by(d.pop("by"))

        def _parse_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                at_type_0 = datetime.datetime.fromisoformat(data)

                return at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        at = _parse_at(d.pop("at"))

        approval_out = cls(
            asks_for=asks_for,
            missing=missing,
            by=by,
            at=at,
        )

        approval_out.additional_properties = d
        return approval_out

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
