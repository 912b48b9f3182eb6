from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="JobLinksOut")


@_attrs_define
class JobLinksOut:
    """Where to go from a job; an empty address: not possible in its state.

    Attributes:
        self_ (str):
        parent_job (str):
        process (str):
        retry (str):
        cancel (str):
        admin (str):
    """

    self_: str
    parent_job: str
    process: str
    retry: str
    cancel: str
    admin: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        self_ = self.self_

        parent_job = self.parent_job

        process = self.process

        retry = self.retry

        cancel = self.cancel

        admin = self.admin

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "self": self_,
                "parent_job": parent_job,
                "process": process,
                "retry": retry,
                "cancel": cancel,
                "admin": admin,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        self_ = d.pop("self")

        parent_job = d.pop("parent_job")

        process = d.pop("process")

        retry = d.pop("retry")

        cancel = d.pop("cancel")

        admin = d.pop("admin")

        job_links_out = cls(
            self_=self_,
            parent_job=parent_job,
            process=process,
            retry=retry,
            cancel=cancel,
            admin=admin,
        )

        job_links_out.additional_properties = d
        return job_links_out

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
