from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.batch_out_counts import BatchOutCounts


T = TypeVar("T", bound="BatchOut")


@_attrs_define
class BatchOut:
    """A batch, and how far its jobs are.

    Attributes:
        id (UUID):
        name (str):
        created_at (datetime.datetime):
        total (int):
        counts (BatchOutCounts): Jobs of the batch by status.
        progress (float): Share of its jobs that ended, 0–1.
    """

    id: UUID
    name: str
    created_at: datetime.datetime
    total: int
    counts: BatchOutCounts
    progress: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        created_at = self.created_at.isoformat()

        total = self.total

        counts = self.counts.to_dict()

        progress = self.progress

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "created_at": created_at,
                "total": total,
                "counts": counts,
                "progress": progress,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.batch_out_counts import BatchOutCounts  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        total = d.pop("total")

        counts = BatchOutCounts.from_dict(d.pop("counts"))

        progress = d.pop("progress")

        batch_out = cls(
            id=id,
            name=name,
            created_at=created_at,
            total=total,
            counts=counts,
            progress=progress,
        )

        batch_out.additional_properties = d
        return batch_out

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
