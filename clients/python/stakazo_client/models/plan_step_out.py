from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.proposed_call_out import ProposedCallOut


T = TypeVar("T", bound="PlanStepOut")


@_attrs_define
class PlanStepOut:
    """A step of the plan. Nobody has taken it yet.

    Attributes:
        number (int):
        do (str):
        because (list[str]):
        severity (str):
        confidence (float):
        calls (list[ProposedCallOut]):
    """

    number: int
    do: str
    because: list[str]
    severity: str
    confidence: float
    calls: list[ProposedCallOut]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        do = self.do

        because = self.because

        severity = self.severity

        confidence = self.confidence

        calls = []
        for calls_item_data in self.calls:
            calls_item = calls_item_data.to_dict()
            calls.append(calls_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "do": do,
                "because": because,
                "severity": severity,
                "confidence": confidence,
                "calls": calls,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.proposed_call_out import ProposedCallOut  # noqa: PLC0415

        d = dict(src_dict)
        number = d.pop("number")

        do = d.pop("do")

        because = cast(list[str], d.pop("because"))

        severity = d.pop("severity")

        confidence = d.pop("confidence")

        calls = []
        _calls = d.pop("calls")
        for calls_item_data in _calls:
            calls_item = ProposedCallOut.from_dict(calls_item_data)

            calls.append(calls_item)

        plan_step_out = cls(
            number=number,
            do=do,
            because=because,
            severity=severity,
            confidence=confidence,
            calls=calls,
        )

        plan_step_out.additional_properties = d
        return plan_step_out

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
