from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CauseOut")


@_attrs_define
class CauseOut:
    """Failures of one cause.

    Attributes:
        error_group (str):
        job_type (str):
        error_code (str):
        error (str): The words of the newest.
        count (int):
        waiting (int): Of these, tried again by themselves.
        first_seen (datetime.datetime):
        last_seen (datetime.datetime):
    """

    error_group: str
    job_type: str
    error_code: str
    error: str
    count: int
    waiting: int
    first_seen: datetime.datetime
    last_seen: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        error_group = self.error_group

        job_type = self.job_type

        error_code = self.error_code

        error = self.error

        count = self.count

        waiting = self.waiting

        first_seen = self.first_seen.isoformat()

        last_seen = self.last_seen.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "error_group": error_group,
                "job_type": job_type,
                "error_code": error_code,
                "error": error,
                "count": count,
                "waiting": waiting,
                "first_seen": first_seen,
                "last_seen": last_seen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        error_group = d.pop("error_group")

        job_type = d.pop("job_type")

        error_code = d.pop("error_code")

        error = d.pop("error")

        count = d.pop("count")

        waiting = d.pop("waiting")

        first_seen = datetime.datetime.fromisoformat(d.pop("first_seen"))

        last_seen = datetime.datetime.fromisoformat(d.pop("last_seen"))

        cause_out = cls(
            error_group=error_group,
            job_type=job_type,
            error_code=error_code,
            error=error,
            count=count,
            waiting=waiting,
            first_seen=first_seen,
            last_seen=last_seen,
        )

        cause_out.additional_properties = d
        return cause_out

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
