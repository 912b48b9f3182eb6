from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.platform_enum import PlatformEnum, check_platform_enum

if TYPE_CHECKING:
    from ..models.alternative_out import AlternativeOut
    from ..models.post_out import PostOut


T = TypeVar("T", bound="ChoiceOut")


@_attrs_define
class ChoiceOut:
    """The clip chosen for one platform of a campaign.

    Attributes:
        id (UUID):
        platform (PlatformEnum): * `instagram` - Instagram
            * `tiktok` - TikTok
            * `youtube` - YouTube
        clip (UUID):
        rule (UUID):
        rule_version (int):
        score (float):
        reasons (list[str]):
        alternatives (list[AlternativeOut]):
        publication (None | PostOut):
        created_at (datetime.datetime):
    """

    id: UUID
    platform: PlatformEnum
    clip: UUID
    rule: UUID
    rule_version: int
    score: float
    reasons: list[str]
    alternatives: list[AlternativeOut]
    publication: None | PostOut
    created_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.post_out import PostOut  # noqa: PLC0415

        id = str(self.id)

        platform: str = self.platform

        clip = str(self.clip)

        rule = str(self.rule)

        rule_version = self.rule_version

        score = self.score

        reasons = self.reasons

        alternatives = []
        for alternatives_item_data in self.alternatives:
            alternatives_item = alternatives_item_data.to_dict()
            alternatives.append(alternatives_item)

        publication: dict[str, Any] | None
        if isinstance(self.publication, PostOut):
            publication = self.publication.to_dict()
        else:
            publication = self.publication

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "platform": platform,
                "clip": clip,
                "rule": rule,
                "rule_version": rule_version,
                "score": score,
                "reasons": reasons,
                "alternatives": alternatives,
                "publication": publication,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.alternative_out import AlternativeOut  # noqa: PLC0415
        from ..models.post_out import PostOut  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        platform = check_platform_enum(d.pop("platform"))

        clip = UUID(d.pop("clip"))

        rule = UUID(d.pop("rule"))

        rule_version = d.pop("rule_version")

        score = d.pop("score")

        reasons = cast(list[str], d.pop("reasons"))

        alternatives = []
        _alternatives = d.pop("alternatives")
        for alternatives_item_data in _alternatives:
            alternatives_item = AlternativeOut.from_dict(alternatives_item_data)

            alternatives.append(alternatives_item)

        def _parse_publication(data: object) -> None | PostOut:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                publication_type_0 = PostOut.from_dict(data)

                return publication_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PostOut, data)

        publication = _parse_publication(d.pop("publication"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        choice_out = cls(
            id=id,
            platform=platform,
            clip=clip,
            rule=rule,
            rule_version=rule_version,
            score=score,
            reasons=reasons,
            alternatives=alternatives,
            publication=publication,
            created_at=created_at,
        )

        choice_out.additional_properties = d
        return choice_out

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
