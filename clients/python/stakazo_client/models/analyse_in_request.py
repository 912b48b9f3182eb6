from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.analyse_in_request_weights import AnalyseInRequestWeights


T = TypeVar("T", bound="AnalyseInRequest")


@_attrs_define
class AnalyseInRequest:
    """What to look for in a search for clips.

    Attributes:
        clip_count (int | Unset):
        min_ms (int | Unset):
        max_ms (int | Unset):
        preferred_ms (int | Unset): The length that is liked best; by the length of the video when not given.
        weights (AnalyseInRequestWeights | Unset): How much each feature counts, of: motion, energy, sharpness, colour,
            faces, rhythm, variety, hook, exposure. Our own when not given.
    """

    clip_count: int | Unset = UNSET
    min_ms: int | Unset = UNSET
    max_ms: int | Unset = UNSET
    preferred_ms: int | Unset = UNSET
    weights: AnalyseInRequestWeights | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        clip_count = self.clip_count

        min_ms = self.min_ms

        max_ms = self.max_ms

        preferred_ms = self.preferred_ms

        weights: dict[str, Any] | Unset = UNSET
        if not isinstance(self.weights, Unset):
            weights = self.weights.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if clip_count is not UNSET:
            field_dict["clip_count"] = clip_count
        if min_ms is not UNSET:
            field_dict["min_ms"] = min_ms
        if max_ms is not UNSET:
            field_dict["max_ms"] = max_ms
        if preferred_ms is not UNSET:
            field_dict["preferred_ms"] = preferred_ms
        if weights is not UNSET:
            field_dict["weights"] = weights

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.analyse_in_request_weights import AnalyseInRequestWeights  # noqa: PLC0415

        d = dict(src_dict)
        clip_count = d.pop("clip_count", UNSET)

        min_ms = d.pop("min_ms", UNSET)

        max_ms = d.pop("max_ms", UNSET)

        preferred_ms = d.pop("preferred_ms", UNSET)

        _weights = d.pop("weights", UNSET)
        weights: AnalyseInRequestWeights | Unset
        if isinstance(_weights, Unset):
            weights = UNSET
        else:
            weights = AnalyseInRequestWeights.from_dict(_weights)

        analyse_in_request = cls(
            clip_count=clip_count,
            min_ms=min_ms,
            max_ms=max_ms,
            preferred_ms=preferred_ms,
            weights=weights,
        )

        analyse_in_request.additional_properties = d
        return analyse_in_request

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
