from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SealOut")


@_attrs_define
class SealOut:
    """One link of the chain; the hash of each can be checked with the one before.

    Attributes:
        number (int): Counted from 1, without gaps.
        sealed_at (datetime.datetime):
        count (int): Events in the batch.
        first_id (UUID): The first event of the batch.
        last_id (UUID): The last event of the batch.
        root (str): Merkle root of the events, as in RFC 6962.
        members_hash (str): SHA-256 of the members.
        previous_hash (str): Hash of the seal before this one.
        seal_hash (str): SHA-256 of all of the above.
        algorithm (str): How the seal's hash was signed.
        key_id (str): Which key signed it.
        signature (str): The signature, in hex.
    """

    number: int
    sealed_at: datetime.datetime
    count: int
    first_id: UUID
    last_id: UUID
    root: str
    members_hash: str
    previous_hash: str
    seal_hash: str
    algorithm: str
    key_id: str
    signature: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        sealed_at = self.sealed_at.isoformat()

        count = self.count

        first_id = str(self.first_id)

        last_id = str(self.last_id)

        root = self.root

        members_hash = self.members_hash

        previous_hash = self.previous_hash

        seal_hash = self.seal_hash

        algorithm = self.algorithm

        key_id = self.key_id

        signature = self.signature

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "sealed_at": sealed_at,
                "count": count,
                "first_id": first_id,
                "last_id": last_id,
                "root": root,
                "members_hash": members_hash,
                "previous_hash": previous_hash,
                "seal_hash": seal_hash,
                "algorithm": algorithm,
                "key_id": key_id,
                "signature": signature,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        number = d.pop("number")

        sealed_at = datetime.datetime.fromisoformat(d.pop("sealed_at"))

        count = d.pop("count")

        first_id = UUID(d.pop("first_id"))

        last_id = UUID(d.pop("last_id"))

        root = d.pop("root")

        members_hash = d.pop("members_hash")

        previous_hash = d.pop("previous_hash")

        seal_hash = d.pop("seal_hash")

        algorithm = d.pop("algorithm")

        key_id = d.pop("key_id")

        signature = d.pop("signature")

        seal_out = cls(
            number=number,
            sealed_at=sealed_at,
            count=count,
            first_id=first_id,
            last_id=last_id,
            root=root,
            members_hash=members_hash,
            previous_hash=previous_hash,
            seal_hash=seal_hash,
            algorithm=algorithm,
            key_id=key_id,
            signature=signature,
        )

        seal_out.additional_properties = d
        return seal_out

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
