from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LimitsOut")


@_attrs_define
class LimitsOut:
    """A clip outside of shortest and longest is refused; outside of the usual range it is unusual.

    Attributes:
        shortest_ms (int):
        longest_ms (int):
        usual_min_ms (int):
        usual_max_ms (int):
    """

    shortest_ms: int
    longest_ms: int
    usual_min_ms: int
    usual_max_ms: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        shortest_ms = self.shortest_ms

        longest_ms = self.longest_ms

        usual_min_ms = self.usual_min_ms

        usual_max_ms = self.usual_max_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "shortest_ms": shortest_ms,
                "longest_ms": longest_ms,
                "usual_min_ms": usual_min_ms,
                "usual_max_ms": usual_max_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        shortest_ms = d.pop("shortest_ms")

        longest_ms = d.pop("longest_ms")

        usual_min_ms = d.pop("usual_min_ms")

        usual_max_ms = d.pop("usual_max_ms")

        limits_out = cls(
            shortest_ms=shortest_ms,
            longest_ms=longest_ms,
            usual_min_ms=usual_min_ms,
            usual_max_ms=usual_max_ms,
        )

        limits_out.additional_properties = d
        return limits_out

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
