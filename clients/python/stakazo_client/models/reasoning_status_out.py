from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reasoning_job_out import ReasoningJobOut
    from ..models.reasoning_rule_out import ReasoningRuleOut
    from ..models.reasoning_run_out import ReasoningRunOut


T = TypeVar("T", bound="ReasoningStatusOut")


@_attrs_define
class ReasoningStatusOut:
    """How reasoning stands.

    Attributes:
        running (bool): Whether a run waits or goes on.
        job (None | ReasoningJobOut):
        last_run (None | ReasoningRunOut):
        reasoner (str):
        reasoner_version (str):
        rules (list[ReasoningRuleOut]):
    """

    running: bool
    job: None | ReasoningJobOut
    last_run: None | ReasoningRunOut
    reasoner: str
    reasoner_version: str
    rules: list[ReasoningRuleOut]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.reasoning_job_out import ReasoningJobOut  # noqa: PLC0415
        from ..models.reasoning_run_out import ReasoningRunOut  # noqa: PLC0415

        running = self.running

        job: dict[str, Any] | None
        if isinstance(self.job, ReasoningJobOut):
            job = self.job.to_dict()
        else:
            job = self.job

        last_run: dict[str, Any] | None
        if isinstance(self.last_run, ReasoningRunOut):
            last_run = self.last_run.to_dict()
        else:
            last_run = self.last_run

        reasoner = self.reasoner

        reasoner_version = self.reasoner_version

        rules = []
        for rules_item_data in self.rules:
            rules_item = rules_item_data.to_dict()
            rules.append(rules_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "running": running,
                "job": job,
                "last_run": last_run,
                "reasoner": reasoner,
                "reasoner_version": reasoner_version,
                "rules": rules,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reasoning_job_out import ReasoningJobOut  # noqa: PLC0415
        from ..models.reasoning_rule_out import ReasoningRuleOut  # noqa: PLC0415
        from ..models.reasoning_run_out import ReasoningRunOut  # noqa: PLC0415

        d = dict(src_dict)
        running = d.pop("running")

        def _parse_job(data: object) -> None | ReasoningJobOut:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                job_type_0 = ReasoningJobOut.from_dict(data)

                return job_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReasoningJobOut, data)

        job = _parse_job(d.pop("job"))

        def _parse_last_run(data: object) -> None | ReasoningRunOut:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                last_run_type_0 = ReasoningRunOut.from_dict(data)

                return last_run_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReasoningRunOut, data)

        last_run = _parse_last_run(d.pop("last_run"))

        reasoner = d.pop("reasoner")

        reasoner_version = d.pop("reasoner_version")

        rules = []
        _rules = d.pop("rules")
        for rules_item_data in _rules:
            rules_item = ReasoningRuleOut.from_dict(rules_item_data)

            rules.append(rules_item)

        reasoning_status_out = cls(
            running=running,
            job=job,
            last_run=last_run,
            reasoner=reasoner,
            reasoner_version=reasoner_version,
            rules=rules,
        )

        reasoning_status_out.additional_properties = d
        return reasoning_status_out

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
