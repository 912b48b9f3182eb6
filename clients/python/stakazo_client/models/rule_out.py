from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.platform_enum import PlatformEnum, check_platform_enum
from ..models.rule_status_enum import RuleStatusEnum, check_rule_status_enum

if TYPE_CHECKING:
    from ..models.rule_out_evidence import RuleOutEvidence
    from ..models.rule_out_limits import RuleOutLimits
    from ..models.rule_out_weights import RuleOutWeights


T = TypeVar("T", bound="RuleOut")


@_attrs_define
class RuleOut:
    """A version of the rule of a platform.

    Attributes:
        id (UUID):
        platform (PlatformEnum): * `instagram` - Instagram
            * `tiktok` - TikTok
            * `youtube` - YouTube
        version (int):
        status (RuleStatusEnum): * `proposed` - Proposed
            * `active` - Active
            * `retired` - Retired Default: 'proposed'.
        sentence (str): What the state means.
        weights (RuleOutWeights):
        limits (RuleOutLimits):
        why (str): Why somebody proposed it.
        evidence (RuleOutEvidence): The figures behind weights that were learned.
        created_at (datetime.datetime):
        activated_at (datetime.datetime | None):
        retired_at (datetime.datetime | None):
    """

    id: UUID
    platform: PlatformEnum
    version: int
    sentence: str
    weights: RuleOutWeights
    limits: RuleOutLimits
    why: str
    evidence: RuleOutEvidence
    created_at: datetime.datetime
    activated_at: datetime.datetime | None
    retired_at: datetime.datetime | None
    status: RuleStatusEnum = "proposed"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        platform: str = self.platform

        version = self.version

        status: str = self.status

        sentence = self.sentence

        weights = self.weights.to_dict()

        limits = self.limits.to_dict()

        why = self.why

        evidence = self.evidence.to_dict()

        created_at = self.created_at.isoformat()

        activated_at: None | str
        if isinstance(self.activated_at, datetime.datetime):
            activated_at = self.activated_at.isoformat()
        else:
            activated_at = self.activated_at

        retired_at: None | str
        if isinstance(self.retired_at, datetime.datetime):
            retired_at = self.retired_at.isoformat()
        else:
            retired_at = self.retired_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "platform": platform,
                "version": version,
                "status": status,
                "sentence": sentence,
                "weights": weights,
                "limits": limits,
                "why": why,
                "evidence": evidence,
                "created_at": created_at,
                "activated_at": activated_at,
                "retired_at": retired_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rule_out_evidence import RuleOutEvidence  # noqa: PLC0415
        from ..models.rule_out_limits import RuleOutLimits  # noqa: PLC0415
        from ..models.rule_out_weights import RuleOutWeights  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        platform = check_platform_enum(d.pop("platform"))

        version = d.pop("version")

        status = check_rule_status_enum(d.pop("status"))

        sentence = d.pop("sentence")

        weights = RuleOutWeights.from_dict(d.pop("weights"))

        limits = RuleOutLimits.from_dict(d.pop("limits"))

        why = d.pop("why")

        evidence = RuleOutEvidence.from_dict(d.pop("evidence"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_activated_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                activated_at_type_0 = datetime.datetime.fromisoformat(data)

                return activated_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        activated_at = _parse_activated_at(d.pop("activated_at"))

        def _parse_retired_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                retired_at_type_0 = datetime.datetime.fromisoformat(data)

                return retired_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        retired_at = _parse_retired_at(d.pop("retired_at"))

        rule_out = cls(
            id=id,
            platform=platform,
            version=version,
            status=status,
            sentence=sentence,
            weights=weights,
            limits=limits,
            why=why,
            evidence=evidence,
            created_at=created_at,
            activated_at=activated_at,
            retired_at=retired_at,
        )

        rule_out.additional_properties = d
        return rule_out

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
