from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="FocusPoint")


@_attrs_define
class FocusPoint:
    """Where to look for some time, as shares of the picture without its black bars.

    Attributes:
        start_ms (int): From the start of the clip.
        end_ms (int): The first moment that is not in it.
        x (float):
        y (float):
        zoom (float | Unset): Share of the frame that shows picture; below 1 the rest is a blurred background. Without
            it, the window keeps its size.
    """

    start_ms: int
    end_ms: int
    x: float
    y: float
    zoom: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        start_ms = self.start_ms

        end_ms = self.end_ms

        x = self.x

        y = self.y

        zoom = self.zoom

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "start_ms": start_ms,
                "end_ms": end_ms,
                "x": x,
                "y": y,
            }
        )
        if zoom is not UNSET:
            field_dict["zoom"] = zoom

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        start_ms = d.pop("start_ms")

        end_ms = d.pop("end_ms")

        x = d.pop("x")

        y = d.pop("y")

        zoom = d.pop("zoom", UNSET)

        focus_point = cls(
            start_ms=start_ms,
            end_ms=end_ms,
            x=x,
            y=y,
            zoom=zoom,
        )

        focus_point.additional_properties = d
        return focus_point

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
