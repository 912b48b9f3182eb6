from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.clip_made_by_enum import ClipMadeByEnum, check_clip_made_by_enum
from ..models.clip_status_enum import ClipStatusEnum, check_clip_status_enum

T = TypeVar("T", bound="TimelineClipOut")


@_attrs_define
class TimelineClipOut:
    """A clip of the video.

    Attributes:
        id (UUID):
        start_ms (int):
        end_ms (int):
        title (str): A name for people; may be empty.
        made_by (ClipMadeByEnum): * `analysis` - Analysis
            * `operator` - Operator
        status (ClipStatusEnum): * `ready` - Ready
            * `archived` - Archived
        rank (int): 1 is the best of its video.
        visual_score (float): 0 to 1.
        reasons (Any): Sentences that explain the score.
    """

    id: UUID
    start_ms: int
    end_ms: int
    title: str
    made_by: ClipMadeByEnum
    status: ClipStatusEnum
    rank: int
    visual_score: float
    reasons: Any
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        start_ms = self.start_ms

        end_ms = self.end_ms

        title = self.title

        made_by: str = self.made_by

        status: str = self.status

        rank = self.rank

        visual_score = self.visual_score

        reasons = self.reasons

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "start_ms": start_ms,
                "end_ms": end_ms,
                "title": title,
                "made_by": made_by,
                "status": status,
                "rank": rank,
                "visual_score": visual_score,
                "reasons": reasons,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        start_ms = d.pop("start_ms")

        end_ms = d.pop("end_ms")

        title = d.pop("title")

        made_by = check_clip_made_by_enum(d.pop("made_by"))

        status = check_clip_status_enum(d.pop("status"))

        rank = d.pop("rank")

        visual_score = d.pop("visual_score")

        reasons = d.pop("reasons")

        timeline_clip_out = cls(
            id=id,
            start_ms=start_ms,
            end_ms=end_ms,
            title=title,
            made_by=made_by,
            status=status,
            rank=rank,
            visual_score=visual_score,
            reasons=reasons,
        )

        timeline_clip_out.additional_properties = d
        return timeline_clip_out

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
