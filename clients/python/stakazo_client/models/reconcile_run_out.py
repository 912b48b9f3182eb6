from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.reconcile_door_enum import ReconcileDoorEnum, check_reconcile_door_enum
from ..models.reconcile_kind_enum import ReconcileKindEnum, check_reconcile_kind_enum

if TYPE_CHECKING:
    from ..models.reconcile_run_out_parameters import ReconcileRunOutParameters
    from ..models.reconcile_run_out_per_platform import ReconcileRunOutPerPlatform
    from ..models.reconcile_run_out_troubles_item import ReconcileRunOutTroublesItem


T = TypeVar("T", bound="ReconcileRunOut")


@_attrs_define
class ReconcileRunOut:
    """One run of reconciliation or of the audit.

    Attributes:
        id (UUID):
        kind (ReconcileKindEnum): * `settle` - Settling what nobody told us
            * `audit` - Comparing live posts with our records
        door (ReconcileDoorEnum): * `api` - API
            * `command` - Command
            * `schedule` - Schedule
        actor (str): Who asked for it.
        job_id (None | UUID):
        parameters (ReconcileRunOutParameters):
        started_at (datetime.datetime):
        ended_at (datetime.datetime | None): Empty: it runs, or its process died.
        duration_ms (int | None):
        total_checked (int):
        marked_success (int):
        marked_failed (int):
        skipped (int):
        found (int): Findings that an audit has opened.
        success_log_ids (list[UUID]):
        failed_log_ids (list[UUID]):
        per_platform (ReconcileRunOutPerPlatform):
        troubles (list[ReconcileRunOutTroublesItem]): What could not be asked about, and why.
        error (str): What ended the run before its time.
    """

    id: UUID
    kind: ReconcileKindEnum
    door: ReconcileDoorEnum
    actor: str
    job_id: None | UUID
    parameters: ReconcileRunOutParameters
    started_at: datetime.datetime
    ended_at: datetime.datetime | None
    duration_ms: int | None
    total_checked: int
    marked_success: int
    marked_failed: int
    skipped: int
    found: int
    success_log_ids: list[UUID]
    failed_log_ids: list[UUID]
    per_platform: ReconcileRunOutPerPlatform
    troubles: list[ReconcileRunOutTroublesItem]
    error: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        kind: str = self.kind

        door: str = self.door

        actor = self.actor

        job_id: None | str
        if isinstance(self.job_id, UUID):
            job_id = str(self.job_id)
        else:
            job_id = self.job_id

        parameters = self.parameters.to_dict()

        started_at = self.started_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        duration_ms: int | None
        duration_ms = self.duration_ms

        total_checked = self.total_checked

        marked_success = self.marked_success

        marked_failed = self.marked_failed

        skipped = self.skipped

        found = self.found

        success_log_ids = []
        for success_log_ids_item_data in self.success_log_ids:
            success_log_ids_item = str(success_log_ids_item_data)
            success_log_ids.append(success_log_ids_item)

        failed_log_ids = []
        for failed_log_ids_item_data in self.failed_log_ids:
            failed_log_ids_item = str(failed_log_ids_item_data)
            failed_log_ids.append(failed_log_ids_item)

        per_platform = self.per_platform.to_dict()

        troubles = []
        for troubles_item_data in self.troubles:
            troubles_item = troubles_item_data.to_dict()
            troubles.append(troubles_item)

        error = self.error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "door": door,
                "actor": actor,
                "job_id": job_id,
                "parameters": parameters,
                "started_at": started_at,
                "ended_at": ended_at,
                "duration_ms": duration_ms,
                "total_checked": total_checked,
                "marked_success": marked_success,
                "marked_failed": marked_failed,
                "skipped": skipped,
                "found": found,
                "success_log_ids": success_log_ids,
                "failed_log_ids": failed_log_ids,
                "per_platform": per_platform,
                "troubles": troubles,
                "error": error,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reconcile_run_out_parameters import ReconcileRunOutParameters  # noqa: PLC0415
        from ..models.reconcile_run_out_per_platform import ReconcileRunOutPerPlatform  # noqa: PLC0415
        from ..models.reconcile_run_out_troubles_item import ReconcileRunOutTroublesItem  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        kind = check_reconcile_kind_enum(d.pop("kind"))

        door = check_reconcile_door_enum(d.pop("door"))

        actor = d.pop("actor")

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

        parameters = ReconcileRunOutParameters.from_dict(d.pop("parameters"))

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

        def _parse_duration_ms(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        duration_ms = _parse_duration_ms(d.pop("duration_ms"))

        total_checked = d.pop("total_checked")

        marked_success = d.pop("marked_success")

        marked_failed = d.pop("marked_failed")

        skipped = d.pop("skipped")

        found = d.pop("found")

        success_log_ids = []
        _success_log_ids = d.pop("success_log_ids")
        for success_log_ids_item_data in _success_log_ids:
            success_log_ids_item = UUID(success_log_ids_item_data)

            success_log_ids.append(success_log_ids_item)

        failed_log_ids = []
        _failed_log_ids = d.pop("failed_log_ids")
        for failed_log_ids_item_data in _failed_log_ids:
            failed_log_ids_item = UUID(failed_log_ids_item_data)

            failed_log_ids.append(failed_log_ids_item)

        per_platform = ReconcileRunOutPerPlatform.from_dict(d.pop("per_platform"))

        troubles = []
        _troubles = d.pop("troubles")
        for troubles_item_data in _troubles:
            troubles_item = ReconcileRunOutTroublesItem.from_dict(troubles_item_data)

            troubles.append(troubles_item)

        error = d.pop("error")

        reconcile_run_out = cls(
            id=id,
            kind=kind,
            door=door,
            actor=actor,
            job_id=job_id,
            parameters=parameters,
            started_at=started_at,
            ended_at=ended_at,
            duration_ms=duration_ms,
            total_checked=total_checked,
            marked_success=marked_success,
            marked_failed=marked_failed,
            skipped=skipped,
            found=found,
            success_log_ids=success_log_ids,
            failed_log_ids=failed_log_ids,
            per_platform=per_platform,
            troubles=troubles,
            error=error,
        )

        reconcile_run_out.additional_properties = d
        return reconcile_run_out

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
