from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.match_reason_out import MatchReasonOut


T = TypeVar("T", bound="CandidateOut")


@_attrs_define
class CandidateOut:
    """A post of the account's own list.

    Attributes:
        external_post_id (str):
        url (str):
        text (str): As the list shows it.
        posted_at (datetime.datetime):
        fits (bool): Nothing speaks against it.
        taken_by (str): Another publication that it belongs to.
        reasons (list[MatchReasonOut]):
    """

    external_post_id: str
    url: str
    text: str
    posted_at: datetime.datetime
    fits: bool
    taken_by: str
    reasons: list[MatchReasonOut]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        external_post_id = self.external_post_id

        url = self.url

        text = self.text

        posted_at = self.posted_at.isoformat()

        fits = self.fits

        taken_by = self.taken_by

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "external_post_id": external_post_id,
                "url": url,
                "text": text,
                "posted_at": posted_at,
                "fits": fits,
                "taken_by": taken_by,
                "reasons": reasons,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.match_reason_out import MatchReasonOut  # noqa: PLC0415

        d = dict(src_dict)
        external_post_id = d.pop("external_post_id")

        url = d.pop("url")

        text = d.pop("text")

        posted_at = datetime.datetime.fromisoformat(d.pop("posted_at"))

        fits = d.pop("fits")

        taken_by = d.pop("taken_by")

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = MatchReasonOut.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        candidate_out = cls(
            external_post_id=external_post_id,
            url=url,
            text=text,
            posted_at=posted_at,
            fits=fits,
            taken_by=taken_by,
            reasons=reasons,
        )

        candidate_out.additional_properties = d
        return candidate_out

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
