from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.alternative_out import AlternativeOut
    from ..models.post_out import PostOut


T = TypeVar("T", bound="ChosenOut")


@_attrs_define
class ChosenOut:
    """What one platform gets, and what that changed.

    Attributes:
        platform (str):
        clip (UUID):
        clip_name (str):
        rule_version (int):
        score (float): 0 to 1.
        reasons (list[str]):
        alternatives (list[AlternativeOut]):
        outcome (str): new, changed, unchanged, kept (its post is out or on its way) or, in a dry run, would be
        publication (None | PostOut):
        posted_now (bool): Whether this call made the publication.
        choice (None | Unset | UUID):
    """

    platform: str
    clip: UUID
    clip_name: str
    rule_version: int
    score: float
    reasons: list[str]
    alternatives: list[AlternativeOut]
    outcome: str
    publication: None | PostOut
    posted_now: bool
    choice: None | Unset | UUID = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.post_out import PostOut  # noqa: PLC0415

        platform = self.platform

        clip = str(self.clip)

        clip_name = self.clip_name

        rule_version = self.rule_version

        score = self.score

        reasons = self.reasons

        alternatives = []
        for alternatives_item_data in self.alternatives:
            alternatives_item = alternatives_item_data.to_dict()
            alternatives.append(alternatives_item)

        outcome = self.outcome

        publication: dict[str, Any] | None
        if isinstance(self.publication, PostOut):
            publication = self.publication.to_dict()
        else:
            publication = self.publication

        posted_now = self.posted_now

        choice: None | str | Unset
        if isinstance(self.choice, Unset):
            choice = UNSET
        elif isinstance(self.choice, UUID):
            choice = str(self.choice)
        else:
            choice = self.choice

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "platform": platform,
                "clip": clip,
                "clip_name": clip_name,
                "rule_version": rule_version,
                "score": score,
                "reasons": reasons,
                "alternatives": alternatives,
                "outcome": outcome,
                "publication": publication,
                "posted_now": posted_now,
            }
        )
        if choice is not UNSET:
            field_dict["choice"] = choice

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.alternative_out import AlternativeOut  # noqa: PLC0415
        from ..models.post_out import PostOut  # noqa: PLC0415

        d = dict(src_dict)
        platform = d.pop("platform")

        clip = UUID(d.pop("clip"))

        clip_name = d.pop("clip_name")

        rule_version = d.pop("rule_version")

        score = d.pop("score")

        reasons = cast(list[str], d.pop("reasons"))

        alternatives = []
        _alternatives = d.pop("alternatives")
        for alternatives_item_data in _alternatives:
            alternatives_item = AlternativeOut.from_dict(alternatives_item_data)

            alternatives.append(alternatives_item)

        outcome = d.pop("outcome")

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

        posted_now = d.pop("posted_now")

        def _parse_choice(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                choice_type_0 = UUID(data)

                return choice_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        choice = _parse_choice(d.pop("choice", UNSET))

        chosen_out = cls(
            platform=platform,
            clip=clip,
            clip_name=clip_name,
            rule_version=rule_version,
            score=score,
            reasons=reasons,
            alternatives=alternatives,
            outcome=outcome,
            publication=publication,
            posted_now=posted_now,
            choice=choice,
        )

        chosen_out.additional_properties = d
        return chosen_out

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
