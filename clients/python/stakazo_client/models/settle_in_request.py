from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.settle_outcome_enum import SettleOutcomeEnum, check_settle_outcome_enum
from ..types import UNSET, Unset

T = TypeVar("T", bound="SettleInRequest")


@_attrs_define
class SettleInRequest:
    """A person's decision.

    Attributes:
        outcome (SettleOutcomeEnum): * `ours` - This post is ours
            * `absent` - It is not there
        external_post_id (str | Unset): Of `ours`. Default: ''.
        not_ours (list[str] | Unset): Of `absent`: posts that fit, and that you say are others.
        why (str | Unset):  Default: 'asked for'.
    """

    outcome: SettleOutcomeEnum
    external_post_id: str | Unset = ""
    not_ours: list[str] | Unset = UNSET
    why: str | Unset = "asked for"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        outcome: str = self.outcome

        external_post_id = self.external_post_id

        not_ours: list[str] | Unset = UNSET
        if not isinstance(self.not_ours, Unset):
            not_ours = self.not_ours

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "outcome": outcome,
            }
        )
        if external_post_id is not UNSET:
            field_dict["external_post_id"] = external_post_id
        if not_ours is not UNSET:
            field_dict["not_ours"] = not_ours
        if why is not UNSET:
            field_dict["why"] = why

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        outcome = check_settle_outcome_enum(d.pop("outcome"))

        external_post_id = d.pop("external_post_id", UNSET)

        not_ours = cast(list[str], d.pop("not_ours", UNSET))

        why = d.pop("why", UNSET)

        settle_in_request = cls(
            outcome=outcome,
            external_post_id=external_post_id,
            not_ours=not_ours,
            why=why,
        )

        settle_in_request.additional_properties = d
        return settle_in_request

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
