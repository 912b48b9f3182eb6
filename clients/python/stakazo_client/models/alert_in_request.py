from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.severity_enum import SeverityEnum, check_severity_enum
from ..types import UNSET, Unset

T = TypeVar("T", bound="AlertInRequest")


@_attrs_define
class AlertInRequest:
    """An alert that a person opens.

    Attributes:
        title (str):
        message (str | Unset):  Default: ''.
        severity (SeverityEnum | Unset): * `INFO` - Info
            * `WARN` - Warning
            * `ERROR` - Error Default: 'WARN'.
        entity_type (str | Unset):  Default: ''.
        entity_id (str | Unset):  Default: ''.
    """

    title: str
    message: str | Unset = ""
    severity: SeverityEnum | Unset = "WARN"
    entity_type: str | Unset = ""
    entity_id: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        message = self.message

        severity: str | Unset = UNSET
        if not isinstance(self.severity, Unset):
            severity = self.severity

        entity_type = self.entity_type

        entity_id = self.entity_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "title": title,
            }
        )
        if message is not UNSET:
            field_dict["message"] = message
        if severity is not UNSET:
            field_dict["severity"] = severity
        if entity_type is not UNSET:
            field_dict["entity_type"] = entity_type
        if entity_id is not UNSET:
            field_dict["entity_id"] = entity_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        title = d.pop("title")

        message = d.pop("message", UNSET)

        _severity = d.pop("severity", UNSET)
        severity: SeverityEnum | Unset
        if isinstance(_severity, Unset):
            severity = UNSET
        else:
            severity = check_severity_enum(_severity)

        entity_type = d.pop("entity_type", UNSET)

        entity_id = d.pop("entity_id", UNSET)

        alert_in_request = cls(
            title=title,
            message=message,
            severity=severity,
            entity_type=entity_type,
            entity_id=entity_id,
        )

        alert_in_request.additional_properties = d
        return alert_in_request

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
