from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AlternativeOut")


@_attrs_define
class AlternativeOut:
    """A clip that was not chosen.

    Attributes:
        clip_id (UUID):
        name (str):
        score (float): 0 to 1.
        excluded (bool): Out by a hard limit, whatever its score.
        why (str): Why it was not chosen.
    """

    clip_id: UUID
    name: str
    score: float
    excluded: bool
    why: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        clip_id = str(self.clip_id)

        name = self.name

        score = self.score

        excluded = self.excluded

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "clip_id": clip_id,
                "name": name,
                "score": score,
                "excluded": excluded,
                "why": why,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        clip_id = UUID(d.pop("clip_id"))

        name = d.pop("name")

        score = d.pop("score")

        excluded = d.pop("excluded")

        why = d.pop("why")

        alternative_out = cls(
            clip_id=clip_id,
            name=name,
            score=score,
            excluded=excluded,
            why=why,
        )

        alternative_out.additional_properties = d
        return alternative_out

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
