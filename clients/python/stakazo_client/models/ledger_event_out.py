from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.severity_enum import SeverityEnum, check_severity_enum

if TYPE_CHECKING:
    from ..models.ledger_event_out_links import LedgerEventOutLinks
    from ..models.ledger_event_out_metadata import LedgerEventOutMetadata


T = TypeVar("T", bound="LedgerEventOut")


@_attrs_define
class LedgerEventOut:
    """One immutable fact.

    Attributes:
        id (UUID):
        timestamp (datetime.datetime):
        event_type (str):
        sentence (str): What an event of this type means.
        severity (SeverityEnum): * `INFO` - Info
            * `WARN` - Warning
            * `ERROR` - Error
        entity_type (str):
        entity_id (str):
        actor (str):
        worker_id (str):
        correlation_id (str):
        job_id (None | UUID):
        clip_id (None | UUID):
        caused_by (None | UUID):
        metadata (LedgerEventOutMetadata):
        row_hash (str): SHA-256 of the content of this row.
        links (LedgerEventOutLinks): `self`, `proof`, `admin`.
    """

    id: UUID
    timestamp: datetime.datetime
    event_type: str
    sentence: str
    severity: SeverityEnum
    entity_type: str
    entity_id: str
    actor: str
    worker_id: str
    correlation_id: str
    job_id: None | UUID
    clip_id: None | UUID
    caused_by: None | UUID
    metadata: LedgerEventOutMetadata
    row_hash: str
    links: LedgerEventOutLinks
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        timestamp = self.timestamp.isoformat()

        event_type = self.event_type

        sentence = self.sentence

        severity: str = self.severity

        entity_type = self.entity_type

        entity_id = self.entity_id

        actor = self.actor

        worker_id = self.worker_id

        correlation_id = self.correlation_id

        job_id: None | str
        if isinstance(self.job_id, UUID):
            job_id = str(self.job_id)
        else:
            job_id = self.job_id

        clip_id: None | str
        if isinstance(self.clip_id, UUID):
            clip_id = str(self.clip_id)
        else:
            clip_id = self.clip_id

        caused_by: None | str
        if isinstance(self.caused_by, UUID):
            caused_by = str(self.caused_by)
        else:
            caused_by = self.caused_by

        metadata = self.metadata.to_dict()

        row_hash = self.row_hash

        links = self.links.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "timestamp": timestamp,
                "event_type": event_type,
                "sentence": sentence,
                "severity": severity,
                "entity_type": entity_type,
                "entity_id": entity_id,
                "actor": actor,
                "worker_id": worker_id,
                "correlation_id": correlation_id,
                "job_id": job_id,
                "clip_id": clip_id,
                "caused_by": caused_by,
                "metadata": metadata,
                "row_hash": row_hash,
                "links": links,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.ledger_event_out_links import LedgerEventOutLinks  # noqa: PLC0415
        from ..models.ledger_event_out_metadata import LedgerEventOutMetadata  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        timestamp = datetime.datetime.fromisoformat(d.pop("timestamp"))

        event_type = d.pop("event_type")

        sentence = d.pop("sentence")

        severity = check_severity_enum(d.pop("severity"))

        entity_type = d.pop("entity_type")

        entity_id = d.pop("entity_id")

        actor = d.pop("actor")

        worker_id = d.pop("worker_id")

        correlation_id = d.pop("correlation_id")

        def _parse_job_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                job_id_type_0 = UUID(data)

                return job_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        job_id = _parse_job_id(d.pop("job_id"))

        def _parse_clip_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                clip_id_type_0 = UUID(data)

                return clip_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        clip_id = _parse_clip_id(d.pop("clip_id"))

        def _parse_caused_by(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                caused_by_type_0 = UUID(data)

                return caused_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        caused_by = _parse_caused_by(d.pop("caused_by"))

        metadata = LedgerEventOutMetadata.from_dict(d.pop("metadata"))

        row_hash = d.pop("row_hash")

        links = LedgerEventOutLinks.from_dict(d.pop("links"))

        ledger_event_out = cls(
            id=id,
            timestamp=timestamp,
            event_type=event_type,
            sentence=sentence,
            severity=severity,
            entity_type=entity_type,
            entity_id=entity_id,
            actor=actor,
            worker_id=worker_id,
            correlation_id=correlation_id,
            job_id=job_id,
            clip_id=clip_id,
            caused_by=caused_by,
            metadata=metadata,
            row_hash=row_hash,
            links=links,
        )

        ledger_event_out.additional_properties = d
        return ledger_event_out

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
