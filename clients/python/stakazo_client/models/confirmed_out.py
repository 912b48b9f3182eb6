from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.confirmation_enum import ConfirmationEnum, check_confirmation_enum

if TYPE_CHECKING:
    from ..models.publication_out import PublicationOut


T = TypeVar("T", bound="ConfirmedOut")


@_attrs_define
class ConfirmedOut:
    """What became of the word that a post is live.

    Attributes:
        outcome (ConfirmationEnum): * `confirmed` - confirmed
            * `unknown` - unknown
        reason (str):
        publication (PublicationOut): A publication, in short.
    """

    outcome: ConfirmationEnum
    reason: str
    publication: PublicationOut
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        outcome: str = self.outcome

        reason = self.reason

        publication = self.publication.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "outcome": outcome,
                "reason": reason,
                "publication": publication,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.publication_out import PublicationOut  # noqa: PLC0415

        d = dict(src_dict)
        outcome = check_confirmation_enum(d.pop("outcome"))

        reason = d.pop("reason")

        publication = PublicationOut.from_dict(d.pop("publication"))

        confirmed_out = cls(
            outcome=outcome,
            reason=reason,
            publication=publication,
        )

        confirmed_out.additional_properties = d
        return confirmed_out

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
