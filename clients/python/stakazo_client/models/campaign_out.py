from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.campaign_goal_enum import CampaignGoalEnum, check_campaign_goal_enum
from ..models.campaign_status_enum import CampaignStatusEnum, check_campaign_status_enum

if TYPE_CHECKING:
    from ..models.choice_out import ChoiceOut


T = TypeVar("T", bound="CampaignOut")


@_attrs_define
class CampaignOut:
    """A campaign with the clips chosen for it.

    Attributes:
        id (UUID):
        name (str):
        goal (CampaignGoalEnum): * `awareness` - Awareness
            * `engagement` - Engagement
            * `traffic` - Traffic
        video_asset (None | UUID):
        platforms (list[str]):
        status (CampaignStatusEnum): * `draft` - Draft
            * `active` - Active
            * `paused` - Paused
            * `completed` - Completed
        sentence (str): What the state means.
        budget_minor (int): In minor units of the currency.
        currency (str):
        starts_at (datetime.datetime | None):
        ends_at (datetime.datetime | None):
        created_at (datetime.datetime):
        started_at (datetime.datetime | None):
        completed_at (datetime.datetime | None):
        choices (list[ChoiceOut]):
    """

    id: UUID
    name: str
    goal: CampaignGoalEnum
    video_asset: None | UUID
    platforms: list[str]
    status: CampaignStatusEnum
    sentence: str
    budget_minor: int
    currency: str
    starts_at: datetime.datetime | None
    ends_at: datetime.datetime | None
    created_at: datetime.datetime
    started_at: datetime.datetime | None
    completed_at: datetime.datetime | None
    choices: list[ChoiceOut]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        goal: str = self.goal

        video_asset: None | str
        if isinstance(self.video_asset, UUID):
            video_asset = str(self.video_asset)
        else:
            video_asset = self.video_asset

        platforms = self.platforms

        status: str = self.status

        sentence = self.sentence

        budget_minor = self.budget_minor

        currency = self.currency

        starts_at: None | str
        if isinstance(self.starts_at, datetime.datetime):
            starts_at = self.starts_at.isoformat()
        else:
            starts_at = self.starts_at

        ends_at: None | str
        if isinstance(self.ends_at, datetime.datetime):
            ends_at = self.ends_at.isoformat()
        else:
            ends_at = self.ends_at

        created_at = self.created_at.isoformat()

        started_at: None | str
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        completed_at: None | str
        if isinstance(self.completed_at, datetime.datetime):
            completed_at = self.completed_at.isoformat()
        else:
            completed_at = self.completed_at

        choices = []
        for choices_item_data in self.choices:
            choices_item = choices_item_data.to_dict()
            choices.append(choices_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "goal": goal,
                "video_asset": video_asset,
                "platforms": platforms,
                "status": status,
                "sentence": sentence,
                "budget_minor": budget_minor,
                "currency": currency,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "created_at": created_at,
                "started_at": started_at,
                "completed_at": completed_at,
                "choices": choices,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.choice_out import ChoiceOut  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        goal = check_campaign_goal_enum(d.pop("goal"))

        def _parse_video_asset(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                video_asset_type_0 = UUID(data)

                return video_asset_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        video_asset = _parse_video_asset(d.pop("video_asset"))

        platforms = cast(list[str], d.pop("platforms"))

        status = check_campaign_status_enum(d.pop("status"))

        sentence = d.pop("sentence")

        budget_minor = d.pop("budget_minor")

        currency = d.pop("currency")

        def _parse_starts_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                starts_at_type_0 = datetime.datetime.fromisoformat(data)

                return starts_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        starts_at = _parse_starts_at(d.pop("starts_at"))

        def _parse_ends_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ends_at_type_0 = datetime.datetime.fromisoformat(data)

                return ends_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ends_at = _parse_ends_at(d.pop("ends_at"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_started_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        started_at = _parse_started_at(d.pop("started_at"))

        def _parse_completed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                completed_at_type_0 = datetime.datetime.fromisoformat(data)

                return completed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        completed_at = _parse_completed_at(d.pop("completed_at"))

        choices = []
        _choices = d.pop("choices")
        for choices_item_data in _choices:
            choices_item = ChoiceOut.from_dict(choices_item_data)

            choices.append(choices_item)

        campaign_out = cls(
            id=id,
            name=name,
            goal=goal,
            video_asset=video_asset,
            platforms=platforms,
            status=status,
            sentence=sentence,
            budget_minor=budget_minor,
            currency=currency,
            starts_at=starts_at,
            ends_at=ends_at,
            created_at=created_at,
            started_at=started_at,
            completed_at=completed_at,
            choices=choices,
        )

        campaign_out.additional_properties = d
        return campaign_out

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
