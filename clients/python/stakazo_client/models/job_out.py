from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.job_status_enum import JobStatusEnum, check_job_status_enum

if TYPE_CHECKING:
    from ..models.job_links_out import JobLinksOut


T = TypeVar("T", bound="JobOut")


@_attrs_define
class JobOut:
    """A job.

    Attributes:
        id (UUID):
        job_type (str):
        queue (str):
        status (JobStatusEnum): * `pending` - Pending
            * `scheduled` - Scheduled
            * `processing` - Processing
            * `retry` - Waiting to retry
            * `completed` - Completed
            * `failed` - Failed
            * `dead` - Dead letter
            * `cancelled` - Cancelled Default: 'pending'.
        status_means (str): The status in words.
        priority (int): Higher goes first.
        payload (Any):
        dedup_key (str):  Default: ''.
        correlation_id (str):
        created_at (datetime.datetime):
        run_at (datetime.datetime): Not before this time.
        started_at (datetime.datetime | None):
        ended_at (datetime.datetime | None):
        attempt (int): Attempts begun.
        max_attempts (int):
        stage (str):
        progress (float):
        cancel_requested (bool):
        after_left (int): Jobs that must end before this one may begin.
        result (Any):
        error_code (str):
        error (str): The last failure, in words.
        error_group (str): The same for failures of one cause.
        links (JobLinksOut): Where to go from a job; an empty address: not possible in its state.
    """

    id: UUID
    job_type: str
    queue: str
    status_means: str
    priority: int
    payload: Any
    correlation_id: str
    created_at: datetime.datetime
    run_at: datetime.datetime
    started_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    attempt: int
    max_attempts: int
    stage: str
    progress: float
    cancel_requested: bool
    after_left: int
    result: Any
    error_code: str
    error: str
    error_group: str
    links: JobLinksOut
    status: JobStatusEnum = "pending"
    dedup_key: str = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        job_type = self.job_type

        queue = self.queue

        status: str = self.status

        status_means = self.status_means

        priority = self.priority

        payload = self.payload

        dedup_key = self.dedup_key

        correlation_id = self.correlation_id

        created_at = self.created_at.isoformat()

        run_at = self.run_at.isoformat()

        started_at: None | str
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        attempt = self.attempt

        max_attempts = self.max_attempts

        stage = self.stage

        progress = self.progress

        cancel_requested = self.cancel_requested

        after_left = self.after_left

        result = self.result

        error_code = self.error_code

        error = self.error

        error_group = self.error_group

        links = self.links.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "job_type": job_type,
                "queue": queue,
                "status": status,
                "status_means": status_means,
                "priority": priority,
                "payload": payload,
                "dedup_key": dedup_key,
                "correlation_id": correlation_id,
                "created_at": created_at,
                "run_at": run_at,
                "started_at": started_at,
                "ended_at": ended_at,
                "attempt": attempt,
                "max_attempts": max_attempts,
                "stage": stage,
                "progress": progress,
                "cancel_requested": cancel_requested,
                "after_left": after_left,
                "result": result,
                "error_code": error_code,
                "error": error,
                "error_group": error_group,
                "links": links,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_links_out import JobLinksOut  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        job_type = d.pop("job_type")

        queue = d.pop("queue")

        status = check_job_status_enum(d.pop("status"))

        status_means = d.pop("status_means")

        priority = d.pop("priority")

        payload = d.pop("payload")

        dedup_key = d.pop("dedup_key")

        correlation_id = d.pop("correlation_id")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        run_at = datetime.datetime.fromisoformat(d.pop("run_at"))

        def _parse_started_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        started_at = _parse_started_at(d.pop("started_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        attempt = d.pop("attempt")

        max_attempts = d.pop("max_attempts")

        stage = d.pop("stage")

        progress = d.pop("progress")

        cancel_requested = d.pop("cancel_requested")

        after_left = d.pop("after_left")

        result = d.pop("result")

        error_code = d.pop("error_code")

        error = d.pop("error")

        error_group = d.pop("error_group")

        links = JobLinksOut.from_dict(d.pop("links"))

        job_out = cls(
            id=id,
            job_type=job_type,
            queue=queue,
            status=status,
            status_means=status_means,
            priority=priority,
            payload=payload,
            dedup_key=dedup_key,
            correlation_id=correlation_id,
            created_at=created_at,
            run_at=run_at,
            started_at=started_at,
            ended_at=ended_at,
            attempt=attempt,
            max_attempts=max_attempts,
            stage=stage,
            progress=progress,
            cancel_requested=cancel_requested,
            after_left=after_left,
            result=result,
            error_code=error_code,
            error=error,
            error_group=error_group,
            links=links,
        )

        job_out.additional_properties = d
        return job_out

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
