from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AnomalyOut")


@_attrs_define
class AnomalyOut:
    """One unusual thing.

    Attributes:
        kind (str): failures, retries, stuck or silent.
        entity_type (str):
        entity_id (str): Empty: it is about a job type.
        job_type (str):
        since (datetime.datetime):
        observed (float):
        usual (float):
        unit (str): Of both.
        surprise (float):
        measure (str): What `surprise` is: probability, robust deviations.
        sentence (str):
    """

    kind: str
    entity_type: str
    entity_id: str
    job_type: str
    since: datetime.datetime
    observed: float
    usual: float
    unit: str
    surprise: float
    measure: str
    sentence: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        entity_type = self.entity_type

        entity_id = self.entity_id

        job_type = self.job_type

        since = self.since.isoformat()

        observed = self.observed

        usual = self.usual

        unit = self.unit

        surprise = self.surprise

        measure = self.measure

        sentence = self.sentence

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "entity_type": entity_type,
                "entity_id": entity_id,
                "job_type": job_type,
                "since": since,
                "observed": observed,
                "usual": usual,
                "unit": unit,
                "surprise": surprise,
                "measure": measure,
                "sentence": sentence,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = d.pop("kind")

        entity_type = d.pop("entity_type")

        entity_id = d.pop("entity_id")

        job_type = d.pop("job_type")

        since = datetime.datetime.fromisoformat(d.pop("since"))

        observed = d.pop("observed")

        usual = d.pop("usual")

        unit = d.pop("unit")

        surprise = d.pop("surprise")

        measure = d.pop("measure")

        sentence = d.pop("sentence")

        anomaly_out = cls(
            kind=kind,
            entity_type=entity_type,
            entity_id=entity_id,
            job_type=job_type,
            since=since,
            observed=observed,
            usual=usual,
            unit=unit,
            surprise=surprise,
            measure=measure,
            sentence=sentence,
        )

        anomaly_out.additional_properties = d
        return anomaly_out

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
