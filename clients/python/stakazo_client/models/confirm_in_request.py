from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ConfirmInRequest")


@_attrs_define
class ConfirmInRequest:
    """Somebody's word that a post is live: name the publication or the attempt.

    Attributes:
        publication_id (UUID | Unset):
        publish_log_id (UUID | Unset):
        external_post_id (str | Unset):  Default: ''.
        external_url (str | Unset):
    """

    publication_id: UUID | Unset = UNSET
    publish_log_id: UUID | Unset = UNSET
    external_post_id: str | Unset = ""
    external_url: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        publication_id: str | Unset = UNSET
        if not isinstance(self.publication_id, Unset):
            publication_id = str(self.publication_id)

        publish_log_id: str | Unset = UNSET
        if not isinstance(self.publish_log_id, Unset):
            publish_log_id = str(self.publish_log_id)

        external_post_id = self.external_post_id

        external_url: str | Unset
        if isinstance(self.external_url, Unset):
            external_url = UNSET
        else:
            external_url = self.external_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if publication_id is not UNSET:
            field_dict["publication_id"] = publication_id
        if publish_log_id is not UNSET:
            field_dict["publish_log_id"] = publish_log_id
        if external_post_id is not UNSET:
            field_dict["external_post_id"] = external_post_id
        if external_url is not UNSET:
            field_dict["external_url"] = external_url

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _publication_id = d.pop("publication_id", UNSET)
        publication_id: UUID | Unset
        if isinstance(_publication_id, Unset):
            publication_id = UNSET
        else:
            publication_id = UUID(_publication_id)

        _publish_log_id = d.pop("publish_log_id", UNSET)
        publish_log_id: UUID | Unset
        if isinstance(_publish_log_id, Unset):
            publish_log_id = UNSET
        else:
            publish_log_id = UUID(_publish_log_id)

        external_post_id = d.pop("external_post_id", UNSET)

        def _parse_external_url(data: object) -> str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(str | Unset, data)

        external_url = _parse_external_url(d.pop("external_url", UNSET))

        confirm_in_request = cls(
            publication_id=publication_id,
            publish_log_id=publish_log_id,
            external_post_id=external_post_id,
            external_url=external_url,
        )

        confirm_in_request.additional_properties = d
        return confirm_in_request

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
