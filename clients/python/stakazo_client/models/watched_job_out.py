from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WatchedJobOut")


@_attrs_define
class WatchedJobOut:
    """A job that a worker holds.

    Attributes:
        id (UUID):
        job_type (str):
        queue (str):
        stage (str):
        progress (float): 0 to 1.
        attempt (int):
        worker_id (str):
        running_s (float):
    """

    id: UUID
    job_type: str
    queue: str
    stage: str
    progress: float
    attempt: int
    worker_id: str
    running_s: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        job_type = self.job_type

        queue = self.queue

        stage = self.stage

        progress = self.progress

        attempt = self.attempt

        worker_id = self.worker_id

        running_s = self.running_s

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "job_type": job_type,
                "queue": queue,
                "stage": stage,
                "progress": progress,
                "attempt": attempt,
                "worker_id": worker_id,
                "running_s": running_s,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        job_type = d.pop("job_type")

        queue = d.pop("queue")

        stage = d.pop("stage")

        progress = d.pop("progress")

        attempt = d.pop("attempt")

        worker_id = d.pop("worker_id")

        running_s = d.pop("running_s")

        watched_job_out = cls(
            id=id,
            job_type=job_type,
            queue=queue,
            stage=stage,
            progress=progress,
            attempt=attempt,
            worker_id=worker_id,
            running_s=running_s,
        )

        watched_job_out.additional_properties = d
        return watched_job_out

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
