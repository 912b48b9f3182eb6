from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.user_out import UserOut


T = TypeVar("T", bound="TokensOut")


@_attrs_define
class TokensOut:
    """What a login gives. The refresh token is good once; the answer to it has the next one.

    Attributes:
        access (str): For `Authorization: Bearer …`.
        refresh (str):
        expires_s (int): Seconds until the access token ends.
        user (UserOut): Somebody with a login.
    """

    access: str
    refresh: str
    expires_s: int
    user: UserOut
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        access = self.access

        refresh = self.refresh

        expires_s = self.expires_s

        user = self.user.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "access": access,
                "refresh": refresh,
                "expires_s": expires_s,
                "user": user,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.user_out import UserOut  # noqa: PLC0415

        d = dict(src_dict)
        access = d.pop("access")

        refresh = d.pop("refresh")

        expires_s = d.pop("expires_s")

        user = UserOut.from_dict(d.pop("user"))

        tokens_out = cls(
            access=access,
            refresh=refresh,
            expires_s=expires_s,
            user=user,
        )

        tokens_out.additional_properties = d
        return tokens_out

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
