from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.reasoning_status_enum import ReasoningStatusEnum, check_reasoning_status_enum
from ..models.reasoning_trigger_enum import ReasoningTriggerEnum, check_reasoning_trigger_enum

if TYPE_CHECKING:
    from ..models.plan_out import PlanOut
    from ..models.reasoning_run_detail_out_snapshot import ReasoningRunDetailOutSnapshot
    from ..models.recommendation_out import RecommendationOut


T = TypeVar("T", bound="ReasoningRunDetailOut")


@_attrs_define
class ReasoningRunDetailOut:
    """A run whole.

    Attributes:
        id (UUID):
        started_at (datetime.datetime):
        ended_at (datetime.datetime | None):
        trigger (ReasoningTriggerEnum): * `asked` - Somebody asked
            * `scheduled` - By the clock
        status (ReasoningStatusEnum): * `running` - Running
            * `completed` - Completed
            * `failed` - Failed
        sentence (str): What the state means.
        job_id (UUID): The job in which it runs: one run per job.
        reasoner (str):
        reasoner_version (str):
        summary (str):
        findings (int): How many.
        error (str):
        recommendations (list[RecommendationOut]):
        plan (PlanOut): What is proposed, in order.
        snapshot (ReasoningRunDetailOutSnapshot): The facts that it looked at.
    """

    id: UUID
    started_at: datetime.datetime
    ended_at: datetime.datetime | None
    trigger: ReasoningTriggerEnum
    status: ReasoningStatusEnum
    sentence: str
    job_id: UUID
    reasoner: str
    reasoner_version: str
    summary: str
    findings: int
    error: str
    recommendations: list[RecommendationOut]
    plan: PlanOut
    snapshot: ReasoningRunDetailOutSnapshot
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        started_at = self.started_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        trigger: str = self.trigger

        status: str = self.status

        sentence = self.sentence

        job_id = str(self.job_id)

        reasoner = self.reasoner

        reasoner_version = self.reasoner_version

        summary = self.summary

        findings = self.findings

        error = self.error

        recommendations = []
        for recommendations_item_data in self.recommendations:
            recommendations_item = recommendations_item_data.to_dict()
            recommendations.append(recommendations_item)

        plan = self.plan.to_dict()

        snapshot = self.snapshot.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "started_at": started_at,
                "ended_at": ended_at,
                "trigger": trigger,
                "status": status,
                "sentence": sentence,
                "job_id": job_id,
                "reasoner": reasoner,
                "reasoner_version": reasoner_version,
                "summary": summary,
                "findings": findings,
                "error": error,
                "recommendations": recommendations,
                "plan": plan,
                "snapshot": snapshot,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.plan_out import PlanOut  # noqa: PLC0415
        from ..models.reasoning_run_detail_out_snapshot import ReasoningRunDetailOutSnapshot  # noqa: PLC0415
        from ..models.recommendation_out import RecommendationOut  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

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

        trigger = check_reasoning_trigger_enum(d.pop("trigger"))

        status = check_reasoning_status_enum(d.pop("status"))

        sentence = d.pop("sentence")

        job_id = UUID(d.pop("job_id"))

        reasoner = d.pop("reasoner")

        reasoner_version = d.pop("reasoner_version")

        summary = d.pop("summary")

        findings = d.pop("findings")

        error = d.pop("error")

        recommendations = []
        _recommendations = d.pop("recommendations")
        for recommendations_item_data in _recommendations:
            recommendations_item = RecommendationOut.from_dict(recommendations_item_data)

            recommendations.append(recommendations_item)

        plan = PlanOut.from_dict(d.pop("plan"))

        snapshot = ReasoningRunDetailOutSnapshot.from_dict(d.pop("snapshot"))

        reasoning_run_detail_out = cls(
            id=id,
            started_at=started_at,
            ended_at=ended_at,
            trigger=trigger,
            status=status,
            sentence=sentence,
            job_id=job_id,
            reasoner=reasoner,
            reasoner_version=reasoner_version,
            summary=summary,
            findings=findings,
            error=error,
            recommendations=recommendations,
            plan=plan,
            snapshot=snapshot,
        )

        reasoning_run_detail_out.additional_properties = d
        return reasoning_run_detail_out

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
