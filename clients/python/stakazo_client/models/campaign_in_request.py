from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.campaign_goal_enum import CampaignGoalEnum, check_campaign_goal_enum
from ..types import UNSET, Unset

T = TypeVar("T", bound="CampaignInRequest")


@_attrs_define
class CampaignInRequest:
    """A campaign to put together. Without a video its clips come from all videos.

    Attributes:
        name (str):
        platforms (list[str]):
        goal (CampaignGoalEnum | Unset): * `awareness` - Awareness
            * `engagement` - Engagement
            * `traffic` - Traffic Default: 'awareness'.
        video_asset (None | Unset | UUID):
        budget_minor (int | Unset): In minor units of the currency, such as cents. Default: 0.
        currency (str | Unset):  Default: 'EUR'.
        starts_at (datetime.datetime | None | Unset):
        ends_at (datetime.datetime | None | Unset):
    """

    name: str
    platforms: list[str]
    goal: CampaignGoalEnum | Unset = "awareness"
    video_asset: None | Unset | UUID = UNSET
    budget_minor: int | Unset = 0
    currency: str | Unset = "EUR"
    starts_at: datetime.datetime | None | Unset = UNSET
    ends_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        platforms = self.platforms

        goal: str | Unset = UNSET
        if not isinstance(self.goal, Unset):
            goal = self.goal

        video_asset: None | str | Unset
        if isinstance(self.video_asset, Unset):
            video_asset = UNSET
        elif isinstance(self.video_asset, UUID):
            video_asset = str(self.video_asset)
        else:
            video_asset = self.video_asset

        budget_minor = self.budget_minor

        currency = self.currency

        starts_at: None | str | Unset
        if isinstance(self.starts_at, Unset):
            starts_at = UNSET
        elif isinstance(self.starts_at, datetime.datetime):
            starts_at = self.starts_at.isoformat()
        else:
            starts_at = self.starts_at

        ends_at: None | str | Unset
        if isinstance(self.ends_at, Unset):
            ends_at = UNSET
        elif isinstance(self.ends_at, datetime.datetime):
            ends_at = self.ends_at.isoformat()
        else:
            ends_at = self.ends_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "platforms": platforms,
            }
        )
        if goal is not UNSET:
            field_dict["goal"] = goal
        if video_asset is not UNSET:
            field_dict["video_asset"] = video_asset
        if budget_minor is not UNSET:
            field_dict["budget_minor"] = budget_minor
        if currency is not UNSET:
            field_dict["currency"] = currency
        if starts_at is not UNSET:
            field_dict["starts_at"] = starts_at
        if ends_at is not UNSET:
            field_dict["ends_at"] = ends_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        platforms = cast(list[str], d.pop("platforms"))

        _goal = d.pop("goal", UNSET)
        goal: CampaignGoalEnum | Unset
        if isinstance(_goal, Unset):
            goal = UNSET
        else:
            goal = check_campaign_goal_enum(_goal)

        def _parse_video_asset(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                video_asset_type_0 = UUID(data)

                return video_asset_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        video_asset = _parse_video_asset(d.pop("video_asset", UNSET))

        budget_minor = d.pop("budget_minor", UNSET)

        currency = d.pop("currency", UNSET)

        def _parse_starts_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                starts_at_type_0 = datetime.datetime.fromisoformat(data)

                return starts_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        starts_at = _parse_starts_at(d.pop("starts_at", UNSET))

        def _parse_ends_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ends_at_type_0 = datetime.datetime.fromisoformat(data)

                return ends_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        ends_at = _parse_ends_at(d.pop("ends_at", UNSET))

        campaign_in_request = cls(
            name=name,
            platforms=platforms,
            goal=goal,
            video_asset=video_asset,
            budget_minor=budget_minor,
            currency=currency,
            starts_at=starts_at,
            ends_at=ends_at,
        )

        campaign_in_request.additional_properties = d
        return campaign_in_request

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
