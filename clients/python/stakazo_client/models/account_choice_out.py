from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.account_mode_enum import AccountModeEnum, check_account_mode_enum
from ..models.platform_enum import PlatformEnum, check_platform_enum

if TYPE_CHECKING:
    from ..models.found_account_out import FoundAccountOut


T = TypeVar("T", bound="AccountChoiceOut")


@_attrs_define
class AccountChoiceOut:
    """A sign-in that opens several accounts, until somebody has chosen.

    Attributes:
        id (UUID):
        platform (PlatformEnum): * `instagram` - Instagram
            * `tiktok` - TikTok
            * `youtube` - YouTube
        mode (AccountModeEnum): * `simulator` - Simulator
            * `live` - Live
        login (str): By which it is connected: facebook, or empty for the platform's own.
        expires_at (datetime.datetime):
        accounts (list[FoundAccountOut]):
    """

    id: UUID
    platform: PlatformEnum
    mode: AccountModeEnum
    login: str
    expires_at: datetime.datetime
    accounts: list[FoundAccountOut]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        platform: str = self.platform

        mode: str = self.mode

        login = self.login

        expires_at = self.expires_at.isoformat()

        accounts = []
        for accounts_item_data in self.accounts:
            accounts_item = accounts_item_data.to_dict()
            accounts.append(accounts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "platform": platform,
                "mode": mode,
                "login": login,
                "expires_at": expires_at,
                "accounts": accounts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.found_account_out import FoundAccountOut  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        platform = check_platform_enum(d.pop("platform"))

        mode = check_account_mode_enum(d.pop("mode"))

        login = d.pop("login")

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        accounts = []
        _accounts = d.pop("accounts")
        for accounts_item_data in _accounts:
            accounts_item = FoundAccountOut.from_dict(accounts_item_data)

            accounts.append(accounts_item)

        account_choice_out = cls(
            id=id,
            platform=platform,
            mode=mode,
            login=login,
            expires_at=expires_at,
            accounts=accounts,
        )

        account_choice_out.additional_properties = d
        return account_choice_out

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
