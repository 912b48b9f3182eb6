from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.focus_point import FocusPoint
    from ..models.framing_out_framing import FramingOutFraming


T = TypeVar("T", bound="FramingOut")


@_attrs_define
class FramingOut:
    """The operator's points, and the windows that files rendered now would have.

    Attributes:
        focus (list[FocusPoint]):
        framing (FramingOutFraming): Per format the windows of each shot: place, size and path. See
            docs/media/framing.md.
    """

    focus: list[FocusPoint]
    framing: FramingOutFraming
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        focus = []
        for focus_item_data in self.focus:
            focus_item = focus_item_data.to_dict()
            focus.append(focus_item)

        framing = self.framing.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "focus": focus,
                "framing": framing,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.focus_point import FocusPoint  # noqa: PLC0415
        from ..models.framing_out_framing import FramingOutFraming  # noqa: PLC0415

        d = dict(src_dict)
        focus = []
        _focus = d.pop("focus")
        for focus_item_data in _focus:
            focus_item = FocusPoint.from_dict(focus_item_data)

            focus.append(focus_item)

        framing = FramingOutFraming.from_dict(d.pop("framing"))

        framing_out = cls(
            focus=focus,
            framing=framing,
        )

        framing_out.additional_properties = d
        return framing_out

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
