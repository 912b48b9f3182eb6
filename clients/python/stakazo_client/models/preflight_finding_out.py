from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.preflight_severity_enum import PreflightSeverityEnum, check_preflight_severity_enum

T = TypeVar("T", bound="PreflightFindingOut")


@_attrs_define
class PreflightFindingOut:
    """One thing that preflight found.

    Attributes:
        rule (str):
        field (str): As in this API; options.tags is an option.
        limit (str): What is taken, in words, with units.
        actual (str): What is there.
        cure (str):
        severity (PreflightSeverityEnum): * `error` - error
            * `warning` - warning
        message (str): All of it in sentences.
    """

    rule: str
    field: str
    limit: str
    actual: str
    cure: str
    severity: PreflightSeverityEnum
    message: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        rule = self.rule

        field = self.field

        limit = self.limit

        actual = self.actual

        cure = self.cure

        severity: str = self.severity

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "rule": rule,
                "field": field,
                "limit": limit,
                "actual": actual,
                "cure": cure,
                "severity": severity,
                "message": message,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        rule = d.pop("rule")

        field = d.pop("field")

        limit = d.pop("limit")

        actual = d.pop("actual")

        cure = d.pop("cure")

        severity = check_preflight_severity_enum(d.pop("severity"))

        message = d.pop("message")

        preflight_finding_out = cls(
            rule=rule,
            field=field,
            limit=limit,
            actual=actual,
            cure=cure,
            severity=severity,
            message=message,
        )

        preflight_finding_out.additional_properties = d
        return preflight_finding_out

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
