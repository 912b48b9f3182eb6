from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ShotOut")


@_attrs_define
class ShotOut:
    """A shot, and what it begins and ends with: start, end, cut, or a kind of transition.

    Attributes:
        start_ms (int):
        end_ms (int):
        begins (str):
        ends (str):
    """

    start_ms: int
    end_ms: int
    begins: str
    ends: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        start_ms = self.start_ms

        end_ms = self.end_ms

        begins = self.begins

        ends = self.ends

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "start_ms": start_ms,
                "end_ms": end_ms,
                "begins": begins,
                "ends": ends,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        start_ms = d.pop("start_ms")

        end_ms = d.pop("end_ms")

        begins = d.pop("begins")

        ends = d.pop("ends")

        shot_out = cls(
            start_ms=start_ms,
            end_ms=end_ms,
            begins=begins,
            ends=ends,
        )

        shot_out.additional_properties = d
        return shot_out

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
