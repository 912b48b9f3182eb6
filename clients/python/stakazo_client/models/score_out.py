from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.contribution_out import ContributionOut


T = TypeVar("T", bound="ScoreOut")


@_attrs_define
class ScoreOut:
    """A score, explained.

    Attributes:
        platform (str):
        rule_version (int):
        score (float): 0 to 1.
        excluded (str): Why a hard limit keeps it out; empty: none does.
        reasons (list[str]):
        contributions (list[ContributionOut]):
        missing (list[str]):
    """

    platform: str
    rule_version: int
    score: float
    excluded: str
    reasons: list[str]
    contributions: list[ContributionOut]
    missing: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        platform = self.platform

        rule_version = self.rule_version

        score = self.score

        excluded = self.excluded

        reasons = self.reasons

        contributions = []
        for contributions_item_data in self.contributions:
            contributions_item = contributions_item_data.to_dict()
            contributions.append(contributions_item)

        missing = self.missing

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "platform": platform,
                "rule_version": rule_version,
                "score": score,
                "excluded": excluded,
                "reasons": reasons,
                "contributions": contributions,
                "missing": missing,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.contribution_out import ContributionOut  # noqa: PLC0415

        d = dict(src_dict)
        platform = d.pop("platform")

        rule_version = d.pop("rule_version")

        score = d.pop("score")

        excluded = d.pop("excluded")

        reasons = cast(list[str], d.pop("reasons"))

        contributions = []
        _contributions = d.pop("contributions")
        for contributions_item_data in _contributions:
            contributions_item = ContributionOut.from_dict(contributions_item_data)

            contributions.append(contributions_item)

        missing = cast(list[str], d.pop("missing"))

        score_out = cls(
            platform=platform,
            rule_version=rule_version,
            score=score,
            excluded=excluded,
            reasons=reasons,
            contributions=contributions,
            missing=missing,
        )

        score_out.additional_properties = d
        return score_out

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
