from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.publication_status_enum import PublicationStatusEnum, check_publication_status_enum

T = TypeVar("T", bound="PostOut")


@_attrs_define
class PostOut:
    """The publication of a chosen clip, in short.

    Attributes:
        id (UUID):
        status (PublicationStatusEnum): * `draft` - Draft
            * `awaiting` - Awaiting approval
            * `scheduled` - Scheduled
            * `publishing` - Publishing
            * `unknown` - Outcome unknown
            * `delivered` - In the creator's inbox
            * `missed` - Missed its time
            * `published` - Published
            * `failed` - Failed
            * `cancelled` - Cancelled
        external_post_id (str):
        url (str):
        published_at (datetime.datetime | None):
    """

    id: UUID
    status: PublicationStatusEnum
    external_post_id: str
    url: str
    published_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        status: str = self.status

        external_post_id = self.external_post_id

        url = self.url

        published_at: None | str
        if isinstance(self.published_at, datetime.datetime):
            published_at = self.published_at.isoformat()
        else:
            published_at = self.published_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "external_post_id": external_post_id,
                "url": url,
                "published_at": published_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        status = check_publication_status_enum(d.pop("status"))

        external_post_id = d.pop("external_post_id")

        url = d.pop("url")

        def _parse_published_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                published_at_type_0 = datetime.datetime.fromisoformat(data)

                return published_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        published_at = _parse_published_at(d.pop("published_at"))

        post_out = cls(
            id=id,
            status=status,
            external_post_id=external_post_id,
            url=url,
            published_at=published_at,
        )

        post_out.additional_properties = d
        return post_out

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
