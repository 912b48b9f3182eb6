from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reasoning_job_out import ReasoningJobOut


T = TypeVar("T", bound="TriggeredOut")


@_attrs_define
class TriggeredOut:
    """The job that was put in the queue, or the one that was there already.

    Attributes:
        job (ReasoningJobOut): The job that reasons; see /jobs/{id}.
    """

    job: ReasoningJobOut
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        job = self.job.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "job": job,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reasoning_job_out import ReasoningJobOut  # noqa: PLC0415

        d = dict(src_dict)
        job = ReasoningJobOut.from_dict(d.pop("job"))

        triggered_out = cls(
            job=job,
        )

        triggered_out.additional_properties = d
        return triggered_out

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
