from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.evaluate_in_request_features_type_0 import EvaluateInRequestFeaturesType0


T = TypeVar("T", bound="EvaluateInRequest")


@_attrs_define
class EvaluateInRequest:
    """A clip, or the features of one, exactly one of the two; and the platform.

    rule_id left out: the rule in use. duration_ms, formats and visual_score go with features.

        Attributes:
            platform (str):
            clip_id (None | Unset | UUID):
            features (EvaluateInRequestFeaturesType0 | None | Unset):
            duration_ms (int | Unset):  Default: 10000.
            visual_score (float | None | Unset):
            formats (list[str] | Unset):
            rule_id (None | Unset | UUID):
    """

    platform: str
    clip_id: None | Unset | UUID = UNSET
    features: EvaluateInRequestFeaturesType0 | None | Unset = UNSET
    duration_ms: int | Unset = 10000
    visual_score: float | None | Unset = UNSET
    formats: list[str] | Unset = UNSET
    rule_id: None | Unset | UUID = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.evaluate_in_request_features_type_0 import EvaluateInRequestFeaturesType0  # noqa: PLC0415

        platform = self.platform

        clip_id: None | str | Unset
        if isinstance(self.clip_id, Unset):
            clip_id = UNSET
        elif isinstance(self.clip_id, UUID):
            clip_id = str(self.clip_id)
        else:
            clip_id = self.clip_id

        features: dict[str, Any] | None | Unset
        if isinstance(self.features, Unset):
            features = UNSET
        elif isinstance(self.features, EvaluateInRequestFeaturesType0):
            features = self.features.to_dict()
        else:
            features = self.features

        duration_ms = self.duration_ms

        visual_score: float | None | Unset
        if isinstance(self.visual_score, Unset):
            visual_score = UNSET
        else:
            visual_score = self.visual_score

        formats: list[str] | Unset = UNSET
        if not isinstance(self.formats, Unset):
            formats = self.formats

        rule_id: None | str | Unset
        if isinstance(self.rule_id, Unset):
            rule_id = UNSET
        elif isinstance(self.rule_id, UUID):
            rule_id = str(self.rule_id)
        else:
            rule_id = self.rule_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "platform": platform,
            }
        )
        if clip_id is not UNSET:
            field_dict["clip_id"] = clip_id
        if features is not UNSET:
            field_dict["features"] = features
        if duration_ms is not UNSET:
            field_dict["duration_ms"] = duration_ms
        if visual_score is not UNSET:
            field_dict["visual_score"] = visual_score
        if formats is not UNSET:
            field_dict["formats"] = formats
        if rule_id is not UNSET:
            field_dict["rule_id"] = rule_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.evaluate_in_request_features_type_0 import EvaluateInRequestFeaturesType0  # noqa: PLC0415

        d = dict(src_dict)
        platform = d.pop("platform")

        def _parse_clip_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                clip_id_type_0 = UUID(data)

                return clip_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        clip_id = _parse_clip_id(d.pop("clip_id", UNSET))

        def _parse_features(data: object) -> EvaluateInRequestFeaturesType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                features_type_0 = EvaluateInRequestFeaturesType0.from_dict(data)

                return features_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EvaluateInRequestFeaturesType0 | None | Unset, data)

        features = _parse_features(d.pop("features", UNSET))

        duration_ms = d.pop("duration_ms", UNSET)

        def _parse_visual_score(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        visual_score = _parse_visual_score(d.pop("visual_score", UNSET))

        formats = cast(list[str], d.pop("formats", UNSET))

        def _parse_rule_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                rule_id_type_0 = UUID(data)

                return rule_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        rule_id = _parse_rule_id(d.pop("rule_id", UNSET))

        evaluate_in_request = cls(
            platform=platform,
            clip_id=clip_id,
            features=features,
            duration_ms=duration_ms,
            visual_score=visual_score,
            formats=formats,
            rule_id=rule_id,
        )

        evaluate_in_request.additional_properties = d
        return evaluate_in_request

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
