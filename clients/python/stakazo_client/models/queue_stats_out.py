from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.queue_status_enum import QueueStatusEnum, check_queue_status_enum

T = TypeVar("T", bound="QueueStatsOut")


@_attrs_define
class QueueStatsOut:
    """One queue at this moment, and what it did in the last hour.

    Attributes:
        queue (str):
        status (QueueStatusEnum): * `running` - Running
            * `draining` - Draining
            * `paused` - Paused
        host_limit (int | None):
        total_limit (int | None):
        waiting (int): Ready to be taken.
        blocked (int): Waiting for other jobs to end.
        scheduled (int): Waiting for their time.
        retry (int): Waiting to be tried again.
        running (int):
        oldest_wait_s (float | None): How long the one that waits longest is due.
        done_1h (int): Tries that succeeded in the last hour.
        failed_1h (int): Tries that failed in the last hour.
        failure_share (float): Failed of all tries of the last hour, 0–1.
        done_by_minute (list[int]): The last 60 minutes, oldest first.
        failed_by_minute (list[int]):
    """

    queue: str
    status: QueueStatusEnum
    host_limit: int | None
    total_limit: int | None
    waiting: int
    blocked: int
    scheduled: int
    retry: int
    running: int
    oldest_wait_s: float | None
    done_1h: int
    failed_1h: int
    failure_share: float
    done_by_minute: list[int]
    failed_by_minute: list[int]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        queue = self.queue

        status: str = self.status

        host_limit: int | None
        host_limit = self.host_limit

        total_limit: int | None
        total_limit = self.total_limit

        waiting = self.waiting

        blocked = self.blocked

        scheduled = self.scheduled

        retry = self.retry

        running = self.running

        oldest_wait_s: float | None
        oldest_wait_s = self.oldest_wait_s

        done_1h = self.done_1h

        failed_1h = self.failed_1h

        failure_share = self.failure_share

        done_by_minute = self.done_by_minute

        failed_by_minute = self.failed_by_minute

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "queue": queue,
                "status": status,
                "host_limit": host_limit,
                "total_limit": total_limit,
                "waiting": waiting,
                "blocked": blocked,
                "scheduled": scheduled,
                "retry": retry,
                "running": running,
                "oldest_wait_s": oldest_wait_s,
                "done_1h": done_1h,
                "failed_1h": failed_1h,
                "failure_share": failure_share,
                "done_by_minute": done_by_minute,
                "failed_by_minute": failed_by_minute,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        queue = d.pop("queue")

        status = check_queue_status_enum(d.pop("status"))

        def _parse_host_limit(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        host_limit = _parse_host_limit(d.pop("host_limit"))

        def _parse_total_limit(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        total_limit = _parse_total_limit(d.pop("total_limit"))

        waiting = d.pop("waiting")

        blocked = d.pop("blocked")

        scheduled = d.pop("scheduled")

        retry = d.pop("retry")

        running = d.pop("running")

        def _parse_oldest_wait_s(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        oldest_wait_s = _parse_oldest_wait_s(d.pop("oldest_wait_s"))

        done_1h = d.pop("done_1h")

        failed_1h = d.pop("failed_1h")

        failure_share = d.pop("failure_share")

        done_by_minute = cast(list[int], d.pop("done_by_minute"))

        failed_by_minute = cast(list[int], d.pop("failed_by_minute"))

        queue_stats_out = cls(
            queue=queue,
            status=status,
            host_limit=host_limit,
            total_limit=total_limit,
            waiting=waiting,
            blocked=blocked,
            scheduled=scheduled,
            retry=retry,
            running=running,
            oldest_wait_s=oldest_wait_s,
            done_1h=done_1h,
            failed_1h=failed_1h,
            failure_share=failure_share,
            done_by_minute=done_by_minute,
            failed_by_minute=failed_by_minute,
        )

        queue_stats_out.additional_properties = d
        return queue_stats_out

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
