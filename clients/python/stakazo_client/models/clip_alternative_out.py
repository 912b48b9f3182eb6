from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.clip_alternative_out_features import ClipAlternativeOutFeatures


T = TypeVar("T", bound="ClipAlternativeOut")


@_attrs_define
class ClipAlternativeOut:
    """A span that was weighed and left. clip: where it is a clip all the same.

    Attributes:
        start_ms (int):
        end_ms (int):
        duration_ms (int):
        visual_score (float):
        features (ClipAlternativeOutFeatures): Each 0 to 1.
        reasons (list[str]):
        clip (None | UUID):
    """

    start_ms: int
    end_ms: int
    duration_ms: int
    visual_score: float
    features: ClipAlternativeOutFeatures
    reasons: list[str]
    clip: None | UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        start_ms = self.start_ms

        end_ms = self.end_ms

        duration_ms = self.duration_ms

        visual_score = self.visual_score

        features = self.features.to_dict()

        reasons = self.reasons

        clip: None | str
        if isinstance(self.clip, UUID):
            clip = str(self.clip)
        else:
            clip = self.clip

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "start_ms": start_ms,
                "end_ms": end_ms,
                "duration_ms": duration_ms,
                "visual_score": visual_score,
                "features": features,
                "reasons": reasons,
                "clip": clip,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.clip_alternative_out_features import ClipAlternativeOutFeatures  # noqa: PLC0415

        d = dict(src_dict)
        start_ms = d.pop("start_ms")

        end_ms = d.pop("end_ms")

        duration_ms = d.pop("duration_ms")

        visual_score = d.pop("visual_score")

        features = ClipAlternativeOutFeatures.from_dict(d.pop("features"))

        reasons = cast(list[str], d.pop("reasons"))

        def _parse_clip(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                clip_type_0 = UUID(data)

                return clip_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        clip = _parse_clip(d.pop("clip"))

        clip_alternative_out = cls(
            start_ms=start_ms,
            end_ms=end_ms,
            duration_ms=duration_ms,
            visual_score=visual_score,
            features=features,
            reasons=reasons,
            clip=clip,
        )

        clip_alternative_out.additional_properties = d
        return clip_alternative_out

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
