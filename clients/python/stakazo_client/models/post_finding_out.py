from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.finding_kind_enum import FindingKindEnum, check_finding_kind_enum
from ..models.finding_status_enum import FindingStatusEnum, check_finding_status_enum

T = TypeVar("T", bound="PostFindingOut")


@_attrs_define
class PostFindingOut:
    """Where a platform's list and our records do not agree.

    Attributes:
        id (UUID):
        kind (FindingKindEnum): * `removed` - Ours, and the platform no longer lists it
            * `double` - Looks like ours, beside the one that we know
            * `unclaimed` - Looks like ours, and we know of no post
        status (FindingStatusEnum): * `open` - Open
            * `resolved` - Resolved
            * `dismissed` - Dismissed Default: 'open'.
        social_account (UUID):
        publication (None | UUID): Ours, or the one that it looks like.
        external_post_id (str):
        url (str):
        posted_at (datetime.datetime | None): By the platform.
        why (str): What does not agree, in sentences.
        first_seen (datetime.datetime):
        last_seen (datetime.datetime):
        ended_at (datetime.datetime | None):
        ended_why (str):
    """

    id: UUID
    kind: FindingKindEnum
    social_account: UUID
    publication: None | UUID
    external_post_id: str
    url: str
    posted_at: datetime.datetime | None
    why: str
    first_seen: datetime.datetime
    last_seen: datetime.datetime
    ended_at: datetime.datetime | None
    ended_why: str
    status: FindingStatusEnum = "open"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        kind: str = self.kind

        status: str = self.status

        social_account = str(self.social_account)

        publication: None | str
        if isinstance(self.publication, UUID):
            publication = str(self.publication)
        else:
            publication = self.publication

        external_post_id = self.external_post_id

        url = self.url

        posted_at: None | str
        if isinstance(self.posted_at, datetime.datetime):
            posted_at = self.posted_at.isoformat()
        else:
            posted_at = self.posted_at

        why = self.why

        first_seen = self.first_seen.isoformat()

        last_seen = self.last_seen.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        ended_why = self.ended_why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "status": status,
                "social_account": social_account,
                "publication": publication,
                "external_post_id": external_post_id,
                "url": url,
                "posted_at": posted_at,
                "why": why,
                "first_seen": first_seen,
                "last_seen": last_seen,
                "ended_at": ended_at,
                "ended_why": ended_why,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        kind = check_finding_kind_enum(d.pop("kind"))

        status = check_finding_status_enum(d.pop("status"))

        social_account = UUID(d.pop("social_account"))

        def _parse_publication(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                publication_type_0 = UUID(data)

                return publication_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        publication = _parse_publication(d.pop("publication"))

        external_post_id = d.pop("external_post_id")

        url = d.pop("url")

        def _parse_posted_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                posted_at_type_0 = datetime.datetime.fromisoformat(data)

                return posted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        posted_at = _parse_posted_at(d.pop("posted_at"))

        why = d.pop("why")

        first_seen = datetime.datetime.fromisoformat(d.pop("first_seen"))

        last_seen = datetime.datetime.fromisoformat(d.pop("last_seen"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        ended_why = d.pop("ended_why")

        post_finding_out = cls(
            id=id,
            kind=kind,
            status=status,
            social_account=social_account,
            publication=publication,
            external_post_id=external_post_id,
            url=url,
            posted_at=posted_at,
            why=why,
            first_seen=first_seen,
            last_seen=last_seen,
            ended_at=ended_at,
            ended_why=ended_why,
        )

        post_finding_out.additional_properties = d
        return post_finding_out

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
