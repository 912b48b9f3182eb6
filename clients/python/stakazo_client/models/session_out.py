from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.login_kind_enum import LoginKindEnum, check_login_kind_enum

T = TypeVar("T", bound="SessionOut")


@_attrs_define
class SessionOut:
    """One login of the caller.

    Attributes:
        id (UUID):
        kind (LoginKindEnum): * `tokens` - tokens
            * `browser` - browser
        address (None | str): Where it came from.
        user_agent (str):
        created_at (datetime.datetime):
        seen_at (datetime.datetime): Of tokens: when they were last renewed.
        is_current (bool): The login of this very request.
    """

    id: UUID
    kind: LoginKindEnum
    address: None | str
    user_agent: str
    created_at: datetime.datetime
    seen_at: datetime.datetime
    is_current: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        kind: str = self.kind

        address: None | str
        address = self.address

        user_agent = self.user_agent

        created_at = self.created_at.isoformat()

        seen_at = self.seen_at.isoformat()

        is_current = self.is_current

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "address": address,
                "user_agent": user_agent,
                "created_at": created_at,
                "seen_at": seen_at,
                "is_current": is_current,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        kind = check_login_kind_enum(d.pop("kind"))

        def _parse_address(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        address = _parse_address(d.pop("address"))

        user_agent = d.pop("user_agent")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        seen_at = datetime.datetime.fromisoformat(d.pop("seen_at"))

        is_current = d.pop("is_current")

        session_out = cls(
            id=id,
            kind=kind,
            address=address,
            user_agent=user_agent,
            created_at=created_at,
            seen_at=seen_at,
            is_current=is_current,
        )

        session_out.additional_properties = d
        return session_out

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
