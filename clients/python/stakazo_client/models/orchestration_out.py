from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chosen_out import ChosenOut


T = TypeVar("T", bound="OrchestrationOut")


@_attrs_define
class OrchestrationOut:
    """What was chosen. campaign null: a dry run for a video without one.

    Attributes:
        dry_run (bool):
        choices (list[ChosenOut]):
        campaign (None | Unset | UUID):
    """

    dry_run: bool
    choices: list[ChosenOut]
    campaign: None | Unset | UUID = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        dry_run = self.dry_run

        choices = []
        for choices_item_data in self.choices:
            choices_item = choices_item_data.to_dict()
            choices.append(choices_item)

        campaign: None | str | Unset
        if isinstance(self.campaign, Unset):
            campaign = UNSET
        elif isinstance(self.campaign, UUID):
            campaign = str(self.campaign)
        else:
            campaign = self.campaign

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "dry_run": dry_run,
                "choices": choices,
            }
        )
        if campaign is not UNSET:
            field_dict["campaign"] = campaign

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.chosen_out import ChosenOut  # noqa: PLC0415

        d = dict(src_dict)
        dry_run = d.pop("dry_run")

        choices = []
        _choices = d.pop("choices")
        for choices_item_data in _choices:
            choices_item = ChosenOut.from_dict(choices_item_data)

            choices.append(choices_item)

        def _parse_campaign(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                campaign_type_0 = UUID(data)

                return campaign_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        campaign = _parse_campaign(d.pop("campaign", UNSET))

        orchestration_out = cls(
            dry_run=dry_run,
            choices=choices,
            campaign=campaign,
        )

        orchestration_out.additional_properties = d
        return orchestration_out

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
