from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WatchedQueueOut")


@_attrs_define
class WatchedQueueOut:
    """What stands in one queue.

    Attributes:
        name (str):
        waiting (int): Pending.
        processing (int):
        retry (int):
        dead (int):
        oldest_waiting_s (float | None): Age of the oldest due.
    """

    name: str
    waiting: int
    processing: int
    retry: int
    dead: int
    oldest_waiting_s: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        waiting = self.waiting

        processing = self.processing

        retry = self.retry

        dead = self.dead

        oldest_waiting_s: float | None
        oldest_waiting_s = self.oldest_waiting_s

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "waiting": waiting,
                "processing": processing,
                "retry": retry,
                "dead": dead,
                "oldest_waiting_s": oldest_waiting_s,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        waiting = d.pop("waiting")

        processing = d.pop("processing")

        retry = d.pop("retry")

        dead = d.pop("dead")

        def _parse_oldest_waiting_s(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        oldest_waiting_s = _parse_oldest_waiting_s(d.pop("oldest_waiting_s"))

        watched_queue_out = cls(
            name=name,
            waiting=waiting,
            processing=processing,
            retry=retry,
            dead=dead,
            oldest_waiting_s=oldest_waiting_s,
        )

        watched_queue_out.additional_properties = d
        return watched_queue_out

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
