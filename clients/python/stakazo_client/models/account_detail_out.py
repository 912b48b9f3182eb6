from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.account_mode_enum import AccountModeEnum, check_account_mode_enum
from ..models.account_status_enum import AccountStatusEnum, check_account_status_enum
from ..models.platform_enum import PlatformEnum, check_platform_enum

if TYPE_CHECKING:
    from ..models.account_budget_out import AccountBudgetOut
    from ..models.hold_out import HoldOut


T = TypeVar("T", bound="AccountDetailOut")


@_attrs_define
class AccountDetailOut:
    """An account with what holds its posts up.

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
        hold (HoldOut | None):
        waiting (int): Publications that wait for their time or their turn.
        next_post_in_s (float): Until gap and daily number let the next post out; 0: now.
        budgets (list[AccountBudgetOut]):
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
    hold: HoldOut | None
    waiting: int
    next_post_in_s: float
    budgets: list[AccountBudgetOut]
    mode: AccountModeEnum = "simulator"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.hold_out import HoldOut  # noqa: PLC0415

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

        hold: dict[str, Any] | None
        if isinstance(self.hold, HoldOut):
            hold = self.hold.to_dict()
        else:
            hold = self.hold

        waiting = self.waiting

        next_post_in_s = self.next_post_in_s

        budgets = []
        for budgets_item_data in self.budgets:
            budgets_item = budgets_item_data.to_dict()
            budgets.append(budgets_item)

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
                "hold": hold,
                "waiting": waiting,
                "next_post_in_s": next_post_in_s,
                "budgets": budgets,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.account_budget_out import AccountBudgetOut  # noqa: PLC0415
        from ..models.hold_out import HoldOut  # noqa: PLC0415

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

        def _parse_hold(data: object) -> HoldOut | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                hold_type_0 = HoldOut.from_dict(data)

                return hold_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(HoldOut | None, data)

        hold = _parse_hold(d.pop("hold"))

        waiting = d.pop("waiting")

        next_post_in_s = d.pop("next_post_in_s")

        budgets = []
        _budgets = d.pop("budgets")
        for budgets_item_data in _budgets:
            budgets_item = AccountBudgetOut.from_dict(budgets_item_data)

            budgets.append(budgets_item)

        account_detail_out = cls(
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
            hold=hold,
            waiting=waiting,
            next_post_in_s=next_post_in_s,
            budgets=budgets,
        )

        account_detail_out.additional_properties = d
        return account_detail_out

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
