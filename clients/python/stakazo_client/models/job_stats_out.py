from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.cause_out import CauseOut
    from ..models.queue_stats_out import QueueStatsOut


T = TypeVar("T", bound="JobStatsOut")


@_attrs_define
class JobStatsOut:
    """The state of all queues, and what goes wrong.

    Attributes:
        at (datetime.datetime):
        queues (list[QueueStatsOut]):
        causes (list[CauseOut]):
    """

    at: datetime.datetime
    queues: list[QueueStatsOut]
    causes: list[CauseOut]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        queues = []
        for queues_item_data in self.queues:
            queues_item = queues_item_data.to_dict()
            queues.append(queues_item)

        causes = []
        for causes_item_data in self.causes:
            causes_item = causes_item_data.to_dict()
            causes.append(causes_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "queues": queues,
                "causes": causes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cause_out import CauseOut  # noqa: PLC0415
        from ..models.queue_stats_out import QueueStatsOut  # noqa: PLC0415

        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        queues = []
        _queues = d.pop("queues")
        for queues_item_data in _queues:
            queues_item = QueueStatsOut.from_dict(queues_item_data)

            queues.append(queues_item)

        causes = []
        _causes = d.pop("causes")
        for causes_item_data in _causes:
            causes_item = CauseOut.from_dict(causes_item_data)

            causes.append(causes_item)

        job_stats_out = cls(
            at=at,
            queues=queues,
            causes=causes,
        )

        job_stats_out.additional_properties = d
        return job_stats_out

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
