from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.clip_made_by_enum import ClipMadeByEnum, check_clip_made_by_enum
from ..models.clip_status_enum import ClipStatusEnum, check_clip_status_enum

if TYPE_CHECKING:
    from ..models.clip_out_features import ClipOutFeatures


T = TypeVar("T", bound="ClipOut")


@_attrs_define
class ClipOut:
    """A clip: its span, its score, and why.

    Attributes:
        id (UUID):
        url (str):
        video_asset (UUID):
        start_ms (int):
        end_ms (int):
        duration_ms (int):
        title (str): A name for people; may be empty.
        made_by (ClipMadeByEnum): * `analysis` - Analysis
            * `operator` - Operator
        status (ClipStatusEnum): * `ready` - Ready
            * `archived` - Archived
        rank (int): 1 is the best of its video.
        visual_score (float): 0 to 1.
        reasons (list[str]): Sentences that explain the score.
        features (ClipOutFeatures): The numbers behind the score, each 0 to 1.
        created_at (datetime.datetime):
        thumbnail_url (None | str):
        variants_url (str):
    """

    id: UUID
    url: str
    video_asset: UUID
    start_ms: int
    end_ms: int
    duration_ms: int
    title: str
    made_by: ClipMadeByEnum
    status: ClipStatusEnum
    rank: int
    visual_score: float
    reasons: list[str]
    features: ClipOutFeatures
    created_at: datetime.datetime
    thumbnail_url: None | str
    variants_url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        url = self.url

        video_asset = str(self.video_asset)

        start_ms = self.start_ms

        end_ms = self.end_ms

        duration_ms = self.duration_ms

        title = self.title

        made_by: str = self.made_by

        status: str = self.status

        rank = self.rank

        visual_score = self.visual_score

        reasons = self.reasons

        features = self.features.to_dict()

        created_at = self.created_at.isoformat()

        thumbnail_url: None | str
        thumbnail_url = self.thumbnail_url

        variants_url = self.variants_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "video_asset": video_asset,
                "start_ms": start_ms,
                "end_ms": end_ms,
                "duration_ms": duration_ms,
                "title": title,
                "made_by": made_by,
                "status": status,
                "rank": rank,
                "visual_score": visual_score,
                "reasons": reasons,
                "features": features,
                "created_at": created_at,
                "thumbnail_url": thumbnail_url,
                "variants_url": variants_url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.clip_out_features import ClipOutFeatures  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        video_asset = UUID(d.pop("video_asset"))

        start_ms = d.pop("start_ms")

        end_ms = d.pop("end_ms")

        duration_ms = d.pop("duration_ms")

        title = d.pop("title")

        made_by = check_clip_made_by_enum(d.pop("made_by"))

        status = check_clip_status_enum(d.pop("status"))

        rank = d.pop("rank")

        visual_score = d.pop("visual_score")

        reasons = cast(list[str], d.pop("reasons"))

        features = ClipOutFeatures.from_dict(d.pop("features"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_thumbnail_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        thumbnail_url = _parse_thumbnail_url(d.pop("thumbnail_url"))

        variants_url = d.pop("variants_url")

        clip_out = cls(
            id=id,
            url=url,
            video_asset=video_asset,
            start_ms=start_ms,
            end_ms=end_ms,
            duration_ms=duration_ms,
            title=title,
            made_by=made_by,
            status=status,
            rank=rank,
            visual_score=visual_score,
            reasons=reasons,
            features=features,
            created_at=created_at,
            thumbnail_url=thumbnail_url,
            variants_url=variants_url,
        )

        clip_out.additional_properties = d
        return clip_out

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
