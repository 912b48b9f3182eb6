from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="FailureRateOut")


@_attrs_define
class FailureRateOut:
    """How jobs of one type ended.

    Attributes:
        job_type (str):
        completed (int):
        failed (int): For good: failed or dead.
        retried (int): Tries that will be, or were, repeated.
        rate (float): failed / (completed + failed).
        low (float): Lower end of Wilson's 95 % interval of the rate.
        high (float): Upper end.
    """

    job_type: str
    completed: int
    failed: int
    retried: int
    rate: float
    low: float
    high: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        job_type = self.job_type

        completed = self.completed

        failed = self.failed

        retried = self.retried

        rate = self.rate

        low = self.low

        high = self.high

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "job_type": job_type,
                "completed": completed,
                "failed": failed,
                "retried": retried,
                "rate": rate,
                "low": low,
                "high": high,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        job_type = d.pop("job_type")

        completed = d.pop("completed")

        failed = d.pop("failed")

        retried = d.pop("retried")

        rate = d.pop("rate")

        low = d.pop("low")

        high = d.pop("high")

        failure_rate_out = cls(
            job_type=job_type,
            completed=completed,
            failed=failed,
            retried=retried,
            rate=rate,
            low=low,
            high=high,
        )

        failure_rate_out.additional_properties = d
        return failure_rate_out

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
