from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.evidence_out import EvidenceOut
    from ..models.platform_evidence_out import PlatformEvidenceOut


T = TypeVar("T", bound="BothSidesOut")


@_attrs_define
class BothSidesOut:
    """Our record and the platform's list.

    Attributes:
        status (str):
        may_settle (bool): Whether a person may say what became of it.
        ours (EvidenceOut): Why we believe what the status says.
        platform (PlatformEvidenceOut): What the platform lists around a post of ours.
    """

    status: str
    may_settle: bool
    ours: EvidenceOut
    platform: PlatformEvidenceOut
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status

        may_settle = self.may_settle

        ours = self.ours.to_dict()

        platform = self.platform.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "may_settle": may_settle,
                "ours": ours,
                "platform": platform,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.evidence_out import EvidenceOut  # noqa: PLC0415
        from ..models.platform_evidence_out import PlatformEvidenceOut  # noqa: PLC0415

        d = dict(src_dict)
        status = d.pop("status")

        may_settle = d.pop("may_settle")

        ours = EvidenceOut.from_dict(d.pop("ours"))

        platform = PlatformEvidenceOut.from_dict(d.pop("platform"))

        both_sides_out = cls(
            status=status,
            may_settle=may_settle,
            ours=ours,
            platform=platform,
        )

        both_sides_out.additional_properties = d
        return both_sides_out

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
