from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.proposed_action_out import ProposedActionOut


T = TypeVar("T", bound="RecommendationOut")


@_attrs_define
class RecommendationOut:
    """Something that is so, how we know, and what to do about it.

    Attributes:
        rule (str):
        title (str):
        evidence (list[str]):
        severity (str): ERROR, WARN or INFO.
        confidence (float): 0 to 1: how sure that the action helps.
        action (ProposedActionOut): Something to do; without calls only a person can.
    """

    rule: str
    title: str
    evidence: list[str]
    severity: str
    confidence: float
    action: ProposedActionOut
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        rule = self.rule

        title = self.title

        evidence = self.evidence

        severity = self.severity

        confidence = self.confidence

        action = self.action.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "rule": rule,
                "title": title,
                "evidence": evidence,
                "severity": severity,
                "confidence": confidence,
                "action": action,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.proposed_action_out import ProposedActionOut  # noqa: PLC0415

        d = dict(src_dict)
        rule = d.pop("rule")

        title = d.pop("title")

        evidence = cast(list[str], d.pop("evidence"))

        severity = d.pop("severity")

        confidence = d.pop("confidence")

        action = ProposedActionOut.from_dict(d.pop("action"))

        recommendation_out = cls(
            rule=rule,
            title=title,
            evidence=evidence,
            severity=severity,
            confidence=confidence,
            action=action,
        )

        recommendation_out.additional_properties = d
        return recommendation_out

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
