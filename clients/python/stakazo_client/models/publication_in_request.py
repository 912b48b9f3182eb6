from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.publication_in_request_options import PublicationInRequestOptions


T = TypeVar("T", bound="PublicationInRequest")


@_attrs_define
class PublicationInRequest:
    """What is to be posted, where, with which words, when.

    Attributes:
        clip_variant_id (UUID):
        social_account_id (UUID):
        title (str | Unset):  Default: ''.
        caption (str | Unset):  Default: ''.
        privacy (str | Unset):  Default: 'public'.
        scheduled_at (datetime.datetime | None | Unset): None: now. Without an offset: of the account's clocks.
        next_slot (bool | Unset): True: at the account's next free slot. Default: False.
        allow_repeat (bool | Unset): True: though the same clip went out there with nearly the same words. Default:
            False.
        options (PublicationInRequestOptions | Unset):
        draft (bool | Unset): True: nothing happens until it is scheduled. Default: False.
    """

    clip_variant_id: UUID
    social_account_id: UUID
    title: str | Unset = ""
    caption: str | Unset = ""
    privacy: str | Unset = "public"
    scheduled_at: datetime.datetime | None | Unset = UNSET
    next_slot: bool | Unset = False
    allow_repeat: bool | Unset = False
    options: PublicationInRequestOptions | Unset = UNSET
    draft: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        clip_variant_id = str(self.clip_variant_id)

        social_account_id = str(self.social_account_id)

        title = self.title

        caption = self.caption

        privacy = self.privacy

        scheduled_at: None | str | Unset
        if isinstance(self.scheduled_at, Unset):
            scheduled_at = UNSET
        elif isinstance(self.scheduled_at, datetime.datetime):
            scheduled_at = self.scheduled_at.isoformat()
        else:
            scheduled_at = self.scheduled_at

        next_slot = self.next_slot

        allow_repeat = self.allow_repeat

        options: dict[str, Any] | Unset = UNSET
        if not isinstance(self.options, Unset):
            options = self.options.to_dict()

        draft = self.draft

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "clip_variant_id": clip_variant_id,
                "social_account_id": social_account_id,
            }
        )
        if title is not UNSET:
            field_dict["title"] = title
        if caption is not UNSET:
            field_dict["caption"] = caption
        if privacy is not UNSET:
            field_dict["privacy"] = privacy
        if scheduled_at is not UNSET:
            field_dict["scheduled_at"] = scheduled_at
        if next_slot is not UNSET:
            field_dict["next_slot"] = next_slot
        if allow_repeat is not UNSET:
            field_dict["allow_repeat"] = allow_repeat
        if options is not UNSET:
            field_dict["options"] = options
        if draft is not UNSET:
            field_dict["draft"] = draft

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.publication_in_request_options import PublicationInRequestOptions  # noqa: PLC0415

        d = dict(src_dict)
        clip_variant_id = UUID(d.pop("clip_variant_id"))

        social_account_id = UUID(d.pop("social_account_id"))

        title = d.pop("title", UNSET)

        caption = d.pop("caption", UNSET)

        privacy = d.pop("privacy", UNSET)

        def _parse_scheduled_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                scheduled_at_type_0 = datetime.datetime.fromisoformat(data)

                return scheduled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        scheduled_at = _parse_scheduled_at(d.pop("scheduled_at", UNSET))

        next_slot = d.pop("next_slot", UNSET)

        allow_repeat = d.pop("allow_repeat", UNSET)

        _options = d.pop("options", UNSET)
        options: PublicationInRequestOptions | Unset
        if isinstance(_options, Unset):
            options = UNSET
        else:
            options = PublicationInRequestOptions.from_dict(_options)

        draft = d.pop("draft", UNSET)

        publication_in_request = cls(
            clip_variant_id=clip_variant_id,
            social_account_id=social_account_id,
            title=title,
            caption=caption,
            privacy=privacy,
            scheduled_at=scheduled_at,
            next_slot=next_slot,
            allow_repeat=allow_repeat,
            options=options,
            draft=draft,
        )

        publication_in_request.additional_properties = d
        return publication_in_request

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
