from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.jobs_summary_out_by_status import JobsSummaryOutByStatus
    from ..models.watched_job_out import WatchedJobOut
    from ..models.watched_queue_out import WatchedQueueOut


T = TypeVar("T", bound="JobsSummaryOut")


@_attrs_define
class JobsSummaryOut:
    """Jobs, in short.

    Attributes:
        by_status (JobsSummaryOutByStatus):
        queues (list[WatchedQueueOut]):
        running (list[WatchedJobOut]):
        total (int):
        oldest_waiting_s (float | None):
    """

    by_status: JobsSummaryOutByStatus
    queues: list[WatchedQueueOut]
    running: list[WatchedJobOut]
    total: int
    oldest_waiting_s: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        by_status = self.by_status.to_dict()

        queues = []
        for queues_item_data in self.queues:
            queues_item = queues_item_data.to_dict()
            queues.append(queues_item)

        running = []
        for running_item_data in self.running:
            running_item = running_item_data.to_dict()
            running.append(running_item)

        total = self.total

        oldest_waiting_s: float | None
        oldest_waiting_s = self.oldest_waiting_s

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "by_status": by_status,
                "queues": queues,
                "running": running,
                "total": total,
                "oldest_waiting_s": oldest_waiting_s,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.jobs_summary_out_by_status import JobsSummaryOutByStatus  # noqa: PLC0415
        from ..models.watched_job_out import WatchedJobOut  # noqa: PLC0415
        from ..models.watched_queue_out import WatchedQueueOut  # noqa: PLC0415

        d = dict(src_dict)
        by_status = JobsSummaryOutByStatus.from_dict(d.pop("by_status"))

        queues = []
        _queues = d.pop("queues")
        for queues_item_data in _queues:
            queues_item = WatchedQueueOut.from_dict(queues_item_data)

            queues.append(queues_item)

        running = []
        _running = d.pop("running")
        for running_item_data in _running:
            running_item = WatchedJobOut.from_dict(running_item_data)

            running.append(running_item)

        total = d.pop("total")

        def _parse_oldest_waiting_s(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        oldest_waiting_s = _parse_oldest_waiting_s(d.pop("oldest_waiting_s"))

        jobs_summary_out = cls(
            by_status=by_status,
            queues=queues,
            running=running,
            total=total,
            oldest_waiting_s=oldest_waiting_s,
        )

        jobs_summary_out.additional_properties = d
        return jobs_summary_out

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
