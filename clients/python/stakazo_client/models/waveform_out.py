from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WaveformOut")


@_attrs_define
class WaveformOut:
    """Loudness, 0 to 100, one value per step; none where there is no sound.

    Attributes:
        step_ms (int):
        peaks (list[int]):
    """

    step_ms: int
    peaks: list[int]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        step_ms = self.step_ms

        peaks = self.peaks

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "step_ms": step_ms,
                "peaks": peaks,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        step_ms = d.pop("step_ms")

        peaks = cast(list[int], d.pop("peaks"))

        waveform_out = cls(
            step_ms=step_ms,
            peaks=peaks,
        )

        waveform_out.additional_properties = d
        return waveform_out

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
