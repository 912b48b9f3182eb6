from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="FramesOut")


@_attrs_define
class FramesOut:
    """When each frame is shown, exact to the millisecond, in one of two forms.

    With `rate` [n, d], frame k is shown at floor(first_us / 1000 + k * 1000 * d / n + 0.5). With
    `gaps_ms`, each frame is shown so long after the one before, the first so long after 0.

        Attributes:
            count (int):
            first_us (int | Unset):
            rate (list[int] | Unset):
            gaps_ms (list[int] | Unset):
    """

    count: int
    first_us: int | Unset = UNSET
    rate: list[int] | Unset = UNSET
    gaps_ms: list[int] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        count = self.count

        first_us = self.first_us

        rate: list[int] | Unset = UNSET
        if not isinstance(self.rate, Unset):
            rate = self.rate

        gaps_ms: list[int] | Unset = UNSET
        if not isinstance(self.gaps_ms, Unset):
            gaps_ms = self.gaps_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "count": count,
            }
        )
        if first_us is not UNSET:
            field_dict["first_us"] = first_us
        if rate is not UNSET:
            field_dict["rate"] = rate
        if gaps_ms is not UNSET:
            field_dict["gaps_ms"] = gaps_ms

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        count = d.pop("count")

        first_us = d.pop("first_us", UNSET)

        rate = cast(list[int], d.pop("rate", UNSET))

        gaps_ms = cast(list[int], d.pop("gaps_ms", UNSET))

        frames_out = cls(
            count=count,
            first_us=first_us,
            rate=rate,
            gaps_ms=gaps_ms,
        )

        frames_out.additional_properties = d
        return frames_out

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
