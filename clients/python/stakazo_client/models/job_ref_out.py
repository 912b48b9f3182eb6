from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="JobRefOut")


@_attrs_define
class JobRefOut:
    """A job, and where to follow it.

    Attributes:
        id (UUID):
        job_type (str):
        status (str):
        stage (str):
        progress (float):
        url (str):
    """

    id: UUID
    job_type: str
    status: str
    stage: str
    progress: float
    url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        job_type = self.job_type

        status = self.status

        stage = self.stage

        progress = self.progress

        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "job_type": job_type,
                "status": status,
                "stage": stage,
                "progress": progress,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        job_type = d.pop("job_type")

        status = d.pop("status")

        stage = d.pop("stage")

        progress = d.pop("progress")

        url = d.pop("url")

        job_ref_out = cls(
            id=id,
            job_type=job_type,
            status=status,
            stage=stage,
            progress=progress,
            url=url,
        )

        job_ref_out.additional_properties = d
        return job_ref_out

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
