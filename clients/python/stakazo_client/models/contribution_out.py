from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ContributionOut")


@_attrs_define
class ContributionOut:
    """What one feature did to the score.

    Attributes:
        feature (str):
        value (float): 0 to 1.
        weight (float): Below 0: the less, the better.
        share (float): What it gave.
        most (float): What it could have given; all of them sum to 1.
        measured (bool): false: unknown, counted as neutral.
    """

    feature: str
    value: float
    weight: float
    share: float
    most: float
    measured: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        feature = self.feature

        value = self.value

        weight = self.weight

        share = self.share

        most = self.most

        measured = self.measured

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "feature": feature,
                "value": value,
                "weight": weight,
                "share": share,
                "most": most,
                "measured": measured,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        feature = d.pop("feature")

        value = d.pop("value")

        weight = d.pop("weight")

        share = d.pop("share")

        most = d.pop("most")

        measured = d.pop("measured")

        contribution_out = cls(
            feature=feature,
            value=value,
            weight=weight,
            share=share,
            most=most,
            measured=measured,
        )

        contribution_out.additional_properties = d
        return contribution_out

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
