from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.key_mode_enum import KeyModeEnum, check_key_mode_enum
from ..models.key_scope_enum import KeyScopeEnum, check_key_scope_enum
from ..types import UNSET, Unset

T = TypeVar("T", bound="KeyInRequest")


@_attrs_define
class KeyInRequest:
    """A key to be made.

    Attributes:
        name (str): What uses it.
        scopes (list[KeyScopeEnum]):
        user (str | Unset): The username whose rights it has; else yours.
        mode (KeyModeEnum | Unset): * `test` - Test: accounts of the simulator
            * `live` - Live: accounts of the real platforms Default: 'test'.
        networks (list[str] | Unset): As 192.0.2.0/24; empty: it may come from anywhere.
        calls_per_minute (int | None | Unset): Null: as the settings say. 0: no limit.
        expires_at (datetime.datetime | None | Unset): Null: in 90 days.
    """

    name: str
    scopes: list[KeyScopeEnum]
    user: str | Unset = UNSET
    mode: KeyModeEnum | Unset = "test"
    networks: list[str] | Unset = UNSET
    calls_per_minute: int | None | Unset = UNSET
    expires_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        scopes = []
        for scopes_item_data in self.scopes:
            scopes_item: str = scopes_item_data
            scopes.append(scopes_item)

        user = self.user

        mode: str | Unset = UNSET
        if not isinstance(self.mode, Unset):
            mode = self.mode

        networks: list[str] | Unset = UNSET
        if not isinstance(self.networks, Unset):
            networks = self.networks

        calls_per_minute: int | None | Unset
        if isinstance(self.calls_per_minute, Unset):
            calls_per_minute = UNSET
        else:
            calls_per_minute = self.calls_per_minute

        expires_at: None | str | Unset
        if isinstance(self.expires_at, Unset):
            expires_at = UNSET
        elif isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "scopes": scopes,
            }
        )
        if user is not UNSET:
            field_dict["user"] = user
        if mode is not UNSET:
            field_dict["mode"] = mode
        if networks is not UNSET:
            field_dict["networks"] = networks
        if calls_per_minute is not UNSET:
            field_dict["calls_per_minute"] = calls_per_minute
        if expires_at is not UNSET:
            field_dict["expires_at"] = expires_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        scopes = []
        _scopes = d.pop("scopes")
        for scopes_item_data in _scopes:
            scopes_item = check_key_scope_enum(scopes_item_data)

            scopes.append(scopes_item)

        user = d.pop("user", UNSET)

        _mode = d.pop("mode", UNSET)
        mode: KeyModeEnum | Unset
        if isinstance(_mode, Unset):
            mode = UNSET
        else:
            mode = check_key_mode_enum(_mode)

        networks = cast(list[str], d.pop("networks", UNSET))

        def _parse_calls_per_minute(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        calls_per_minute = _parse_calls_per_minute(d.pop("calls_per_minute", UNSET))

        def _parse_expires_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        expires_at = _parse_expires_at(d.pop("expires_at", UNSET))

        key_in_request = cls(
            name=name,
            scopes=scopes,
            user=user,
            mode=mode,
            networks=networks,
            calls_per_minute=calls_per_minute,
            expires_at=expires_at,
        )

        key_in_request.additional_properties = d
        return key_in_request

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
