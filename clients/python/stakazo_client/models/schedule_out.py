from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ScheduleOut")


@_attrs_define
class ScheduleOut:
    """What recurs.

    Attributes:
        name (str):
        job_type (str):
        recurs (str): How often, in words; times are UTC.
        next_run_at (datetime.datetime): The tick that is to be run next.
        last_run_at (datetime.datetime | None): When it last put a job in the queue.
        last_job (None | UUID):
        paused_at (datetime.datetime | None): Empty: it runs.
        note (str): Why the last tick put nothing in the queue.
    """

    name: str
    job_type: str
    recurs: str
    next_run_at: datetime.datetime
    last_run_at: datetime.datetime | None
    last_job: None | UUID
    paused_at: datetime.datetime | None
    note: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        job_type = self.job_type

        recurs = self.recurs

        next_run_at = self.next_run_at.isoformat()

        last_run_at: None | str
        if isinstance(self.last_run_at, datetime.datetime):
            last_run_at = self.last_run_at.isoformat()
        else:
            last_run_at = self.last_run_at

        last_job: None | str
        if isinstance(self.last_job, UUID):
            last_job = str(self.last_job)
        else:
            last_job = self.last_job

        paused_at: None | str
        if isinstance(self.paused_at, datetime.datetime):
            paused_at = self.paused_at.isoformat()
        else:
            paused_at = self.paused_at

        note = self.note

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "job_type": job_type,
                "recurs": recurs,
                "next_run_at": next_run_at,
                "last_run_at": last_run_at,
                "last_job": last_job,
                "paused_at": paused_at,
                "note": note,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        job_type = d.pop("job_type")

        recurs = d.pop("recurs")

        next_run_at = datetime.datetime.fromisoformat(d.pop("next_run_at"))

        def _parse_last_run_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_run_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_run_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_run_at = _parse_last_run_at(d.pop("last_run_at"))

        def _parse_last_job(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_job_type_0 = UUID(data)

                return last_job_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        last_job = _parse_last_job(d.pop("last_job"))

        def _parse_paused_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                paused_at_type_0 = datetime.datetime.fromisoformat(data)

                return paused_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        paused_at = _parse_paused_at(d.pop("paused_at"))

        note = d.pop("note")

        schedule_out = cls(
            name=name,
            job_type=job_type,
            recurs=recurs,
            next_run_at=next_run_at,
            last_run_at=last_run_at,
            last_job=last_job,
            paused_at=paused_at,
            note=note,
        )

        schedule_out.additional_properties = d
        return schedule_out

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
