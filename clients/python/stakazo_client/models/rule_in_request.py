from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.rule_in_request_limits_type_0 import RuleInRequestLimitsType0
    from ..models.rule_in_request_weights import RuleInRequestWeights


T = TypeVar("T", bound="RuleInRequest")


@_attrs_define
class RuleInRequest:
    """Weights to propose for a platform. limits left out: those of the rule in use.

    Attributes:
        platform (str):
        weights (RuleInRequestWeights): feature → weight
        limits (None | RuleInRequestLimitsType0 | Unset):
        why (str | Unset):  Default: ''.
    """

    platform: str
    weights: RuleInRequestWeights
    limits: None | RuleInRequestLimitsType0 | Unset = UNSET
    why: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.rule_in_request_limits_type_0 import RuleInRequestLimitsType0  # noqa: PLC0415

        platform = self.platform

        weights = self.weights.to_dict()

        limits: dict[str, Any] | None | Unset
        if isinstance(self.limits, Unset):
            limits = UNSET
        elif isinstance(self.limits, RuleInRequestLimitsType0):
            limits = self.limits.to_dict()
        else:
            limits = self.limits

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "platform": platform,
                "weights": weights,
            }
        )
        if limits is not UNSET:
            field_dict["limits"] = limits
        if why is not UNSET:
            field_dict["why"] = why

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rule_in_request_limits_type_0 import RuleInRequestLimitsType0  # noqa: PLC0415
        from ..models.rule_in_request_weights import RuleInRequestWeights  # noqa: PLC0415

        d = dict(src_dict)
        platform = d.pop("platform")

        weights = RuleInRequestWeights.from_dict(d.pop("weights"))

        def _parse_limits(data: object) -> None | RuleInRequestLimitsType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                limits_type_0 = RuleInRequestLimitsType0.from_dict(data)

                return limits_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RuleInRequestLimitsType0 | Unset, data)

        limits = _parse_limits(d.pop("limits", UNSET))

        why = d.pop("why", UNSET)

        rule_in_request = cls(
            platform=platform,
            weights=weights,
            limits=limits,
            why=why,
        )

        rule_in_request.additional_properties = d
        return rule_in_request

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
