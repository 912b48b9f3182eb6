from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_in_request_payload import JobInRequestPayload


T = TypeVar("T", bound="JobInRequest")


@_attrs_define
class JobInRequest:
    """New work.

    Attributes:
        job_type (str): A name of `manage.py job_types`.
        payload (JobInRequestPayload): What that job type takes.
        dedup_key (str | Unset): A live job of the same key is given back instead of a second one. Default: ''.
        priority (int | Unset): Higher goes first. Default: 0.
        run_at (datetime.datetime | None | Unset): Not before this time.
        after (list[UUID] | Unset): Jobs that must have completed before it begins; when one ends badly, it is
            cancelled.
    """

    job_type: str
    payload: JobInRequestPayload
    dedup_key: str | Unset = ""
    priority: int | Unset = 0
    run_at: datetime.datetime | None | Unset = UNSET
    after: list[UUID] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        job_type = self.job_type

        payload = self.payload.to_dict()

        dedup_key = self.dedup_key

        priority = self.priority

        run_at: None | str | Unset
        if isinstance(self.run_at, Unset):
            run_at = UNSET
        elif isinstance(self.run_at, datetime.datetime):
            run_at = self.run_at.isoformat()
        else:
            run_at = self.run_at

        after: list[str] | Unset = UNSET
        if not isinstance(self.after, Unset):
            after = []
            for after_item_data in self.after:
                after_item = str(after_item_data)
                after.append(after_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "job_type": job_type,
                "payload": payload,
            }
        )
        if dedup_key is not UNSET:
            field_dict["dedup_key"] = dedup_key
        if priority is not UNSET:
            field_dict["priority"] = priority
        if run_at is not UNSET:
            field_dict["run_at"] = run_at
        if after is not UNSET:
            field_dict["after"] = after

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_in_request_payload import JobInRequestPayload  # noqa: PLC0415

        d = dict(src_dict)
        job_type = d.pop("job_type")

        payload = JobInRequestPayload.from_dict(d.pop("payload"))

        dedup_key = d.pop("dedup_key", UNSET)

        priority = d.pop("priority", UNSET)

        def _parse_run_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                run_at_type_0 = datetime.datetime.fromisoformat(data)

                return run_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        run_at = _parse_run_at(d.pop("run_at", UNSET))

        _after = d.pop("after", UNSET)
        after: list[UUID] | Unset = UNSET
        if _after is not UNSET:
            after = []
            for after_item_data in _after:
                after_item = UUID(after_item_data)

                after.append(after_item)

        job_in_request = cls(
            job_type=job_type,
            payload=payload,
            dedup_key=dedup_key,
            priority=priority,
            run_at=run_at,
            after=after,
        )

        job_in_request.additional_properties = d
        return job_in_request

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
