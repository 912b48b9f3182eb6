from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.key_mode_enum import KeyModeEnum, check_key_mode_enum
from ..models.key_scope_enum import KeyScopeEnum, check_key_scope_enum

T = TypeVar("T", bound="KeyOut")


@_attrs_define
class KeyOut:
    """A key, without its text.

    Attributes:
        id (UUID):
        name (str): What uses it.
        start (str): How its text begins.
        user (str): Whose rights it has.
        mode (KeyModeEnum): * `test` - Test: accounts of the simulator
            * `live` - Live: accounts of the real platforms
        scopes (list[KeyScopeEnum]):
        networks (list[str]):
        calls_per_minute (int | None): Empty: as the settings say. 0: no limit.
        created_at (datetime.datetime):
        expires_at (datetime.datetime | None): Empty: never.
        last_used_at (datetime.datetime | None):
        revoked_at (datetime.datetime | None):
        replaces (None | UUID): The key that this one was made to follow.
    """

    id: UUID
    name: str
    start: str
    user: str
    mode: KeyModeEnum
    scopes: list[KeyScopeEnum]
    networks: list[str]
    calls_per_minute: int | None
    created_at: datetime.datetime
    expires_at: datetime.datetime | None
    last_used_at: datetime.datetime | None
    revoked_at: datetime.datetime | None
    replaces: None | UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        start = self.start

        user = self.user

        mode: str = self.mode

        scopes = []
        for scopes_item_data in self.scopes:
            scopes_item: str = scopes_item_data
            scopes.append(scopes_item)

        networks = self.networks

        calls_per_minute: int | None
        calls_per_minute = self.calls_per_minute

        created_at = self.created_at.isoformat()

        expires_at: None | str
        if isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        last_used_at: None | str
        if isinstance(self.last_used_at, datetime.datetime):
            last_used_at = self.last_used_at.isoformat()
        else:
            last_used_at = self.last_used_at

        revoked_at: None | str
        if isinstance(self.revoked_at, datetime.datetime):
            revoked_at = self.revoked_at.isoformat()
        else:
            revoked_at = self.revoked_at

        replaces: None | str
        if isinstance(self.replaces, UUID):
            replaces = str(self.replaces)
        else:
            replaces = self.replaces

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "start": start,
                "user": user,
                "mode": mode,
                "scopes": scopes,
                "networks": networks,
                "calls_per_minute": calls_per_minute,
                "created_at": created_at,
                "expires_at": expires_at,
                "last_used_at": last_used_at,
                "revoked_at": revoked_at,
                "replaces": replaces,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        start = d.pop("start")

        user = d.pop("user")

        mode = check_key_mode_enum(d.pop("mode"))

        scopes = []
        _scopes = d.pop("scopes")
        for scopes_item_data in _scopes:
            scopes_item = check_key_scope_enum(scopes_item_data)

            scopes.append(scopes_item)

        networks = cast(list[str], d.pop("networks"))

        def _parse_calls_per_minute(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        calls_per_minute = _parse_calls_per_minute(d.pop("calls_per_minute"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        def _parse_last_used_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_used_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_used_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_used_at = _parse_last_used_at(d.pop("last_used_at"))

        def _parse_revoked_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                revoked_at_type_0 = datetime.datetime.fromisoformat(data)

                return revoked_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        revoked_at = _parse_revoked_at(d.pop("revoked_at"))

        def _parse_replaces(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                replaces_type_0 = UUID(data)

                return replaces_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        replaces = _parse_replaces(d.pop("replaces"))

        key_out = cls(
            id=id,
            name=name,
            start=start,
            user=user,
            mode=mode,
            scopes=scopes,
            networks=networks,
            calls_per_minute=calls_per_minute,
            created_at=created_at,
            expires_at=expires_at,
            last_used_at=last_used_at,
            revoked_at=revoked_at,
            replaces=replaces,
        )

        key_out.additional_properties = d
        return key_out

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
