from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.attempt_outcome_enum import AttemptOutcomeEnum, check_attempt_outcome_enum

if TYPE_CHECKING:
    from ..models.stage_out import StageOut


T = TypeVar("T", bound="AttemptOut")


@_attrs_define
class AttemptOut:
    """One try.

    Attributes:
        number (int):
        outcome (AttemptOutcomeEnum): * `running` - Running
            * `done` - Done
            * `snoozed` - Snoozed
            * `gave_up` - Gave up
            * `failed` - Failed
            * `lost` - Worker lost
            * `released` - Handed back
            * `cancelled` - Cancelled
        worker_id (str):
        started_at (datetime.datetime):
        ended_at (datetime.datetime | None):
        stages (list[StageOut]):
        error_code (str):
        error (str):
    """

    number: int
    outcome: AttemptOutcomeEnum
    worker_id: str
    started_at: datetime.datetime
    ended_at: datetime.datetime | None
    stages: list[StageOut]
    error_code: str
    error: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        outcome: str = self.outcome

        worker_id = self.worker_id

        started_at = self.started_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        stages = []
        for stages_item_data in self.stages:
            stages_item = stages_item_data.to_dict()
            stages.append(stages_item)

        error_code = self.error_code

        error = self.error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "outcome": outcome,
                "worker_id": worker_id,
                "started_at": started_at,
                "ended_at": ended_at,
                "stages": stages,
                "error_code": error_code,
                "error": error,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.stage_out import StageOut  # noqa: PLC0415

        d = dict(src_dict)
        number = d.pop("number")

        outcome = check_attempt_outcome_enum(d.pop("outcome"))

        worker_id = d.pop("worker_id")

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        stages = []
        _stages = d.pop("stages")
        for stages_item_data in _stages:
            stages_item = StageOut.from_dict(stages_item_data)

            stages.append(stages_item)

        error_code = d.pop("error_code")

        error = d.pop("error")

        attempt_out = cls(
            number=number,
            outcome=outcome,
            worker_id=worker_id,
            started_at=started_at,
            ended_at=ended_at,
            stages=stages,
            error_code=error_code,
            error=error,
        )

        attempt_out.additional_properties = d
        return attempt_out

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
