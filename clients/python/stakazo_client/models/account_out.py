from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.account_mode_enum import AccountModeEnum, check_account_mode_enum
from ..models.account_status_enum import AccountStatusEnum, check_account_status_enum
from ..models.platform_enum import PlatformEnum, check_platform_enum

T = TypeVar("T", bound="AccountOut")


@_attrs_define
class AccountOut:
    """A connected account.

    Attributes:
        id (UUID):
        platform (PlatformEnum): * `instagram` - Instagram
            * `tiktok` - TikTok
            * `youtube` - YouTube
        mode (AccountModeEnum): * `simulator` - Simulator
            * `live` - Live Default: 'simulator'.
        external_id (str): The account's id on the platform.
        handle (str):
        login (str): By which it is connected: facebook, or empty for the platform's own.
        status (AccountStatusEnum): * `connected` - Connected
            * `expired` - Needs reconnecting
            * `disconnected` - Disconnected
        scopes (Any):
        token_expires_at (datetime.datetime | None):
        renewed_at (datetime.datetime | None): When the platform last gave us tokens.
        connection_ends_at (datetime.datetime | None): When it must be connected again at the latest; null: no end is
            known.
        created_at (datetime.datetime):
    """

    id: UUID
    platform: PlatformEnum
    external_id: str
    handle: str
    login: str
    status: AccountStatusEnum
    scopes: Any
    token_expires_at: datetime.datetime | None
    renewed_at: datetime.datetime | None
    connection_ends_at: datetime.datetime | None
    created_at: datetime.datetime
    mode: AccountModeEnum = "simulator"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        platform: str = self.platform

        mode: str = self.mode

        external_id = self.external_id

        handle = self.handle

        login = self.login

        status: str = self.status

        scopes = self.scopes

        token_expires_at: None | str
        if isinstance(self.token_expires_at, datetime.datetime):
            token_expires_at = self.token_expires_at.isoformat()
        else:
            token_expires_at = self.token_expires_at

        renewed_at: None | str
        if isinstance(self.renewed_at, datetime.datetime):
            renewed_at = self.renewed_at.isoformat()
        else:
            renewed_at = self.renewed_at

        connection_ends_at: None | str
        if isinstance(self.connection_ends_at, datetime.datetime):
            connection_ends_at = self.connection_ends_at.isoformat()
        else:
            connection_ends_at = self.connection_ends_at

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "platform": platform,
                "mode": mode,
                "external_id": external_id,
                "handle": handle,
                "login": login,
                "status": status,
                "scopes": scopes,
                "token_expires_at": token_expires_at,
                "renewed_at": renewed_at,
                "connection_ends_at": connection_ends_at,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        platform = check_platform_enum(d.pop("platform"))

        mode = check_account_mode_enum(d.pop("mode"))

        external_id = d.pop("external_id")

        handle = d.pop("handle")

        login = d.pop("login")

        status = check_account_status_enum(d.pop("status"))

        scopes = d.pop("scopes")

        def _parse_token_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                token_expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return token_expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        token_expires_at = _parse_token_expires_at(d.pop("token_expires_at"))

        def _parse_renewed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                renewed_at_type_0 = datetime.datetime.fromisoformat(data)

                return renewed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        renewed_at = _parse_renewed_at(d.pop("renewed_at"))

        def _parse_connection_ends_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                connection_ends_at_type_0 = datetime.datetime.fromisoformat(data)

                return connection_ends_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        connection_ends_at = _parse_connection_ends_at(d.pop("connection_ends_at"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        account_out = cls(
            id=id,
            platform=platform,
            mode=mode,
            external_id=external_id,
            handle=handle,
            login=login,
            status=status,
            scopes=scopes,
            token_expires_at=token_expires_at,
            renewed_at=renewed_at,
            connection_ends_at=connection_ends_at,
            created_at=created_at,
        )

        account_out.additional_properties = d
        return account_out

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
