from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="MeOut")


@_attrs_define
class MeOut:
    """The caller, with what it may do and how it came in.

    Attributes:
        id (int):
        username (str):
        email (str):
        is_staff (bool): May use the admin.
        roles (list[str]): The user's groups.
        permissions (list[str]): Django's permissions, such as campaigns.change_campaign.
        came_by (str): token, key or session
    """

    id: int
    username: str
    email: str
    is_staff: bool
    roles: list[str]
    permissions: list[str]
    came_by: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        username = self.username

        email = self.email

        is_staff = self.is_staff

        roles = self.roles

        permissions = self.permissions

        came_by = self.came_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "username": username,
                "email": email,
                "is_staff": is_staff,
                "roles": roles,
                "permissions": permissions,
                "came_by": came_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        username = d.pop("username")

        email = d.pop("email")

        is_staff = d.pop("is_staff")

        roles = cast(list[str], d.pop("roles"))

        permissions = cast(list[str], d.pop("permissions"))

        came_by = d.pop("came_by")

        me_out = cls(
            id=id,
            username=username,
            email=email,
            is_staff=is_staff,
            roles=roles,
            permissions=permissions,
            came_by=came_by,
        )

        me_out.additional_properties = d
        return me_out

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
