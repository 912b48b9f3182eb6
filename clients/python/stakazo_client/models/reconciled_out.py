from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ReconciledOut")


@_attrs_define
class ReconciledOut:
    """What one run of reconciliation has done.

    Attributes:
        total_checked (int):
        marked_success (int):
        marked_failed (int):
        skipped (int):
        success_log_ids (list[UUID]):
        failed_log_ids (list[UUID]):
    """

    total_checked: int
    marked_success: int
    marked_failed: int
    skipped: int
    success_log_ids: list[UUID]
    failed_log_ids: list[UUID]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        total_checked = self.total_checked

        marked_success = self.marked_success

        marked_failed = self.marked_failed

        skipped = self.skipped

        success_log_ids = []
        for success_log_ids_item_data in self.success_log_ids:
            success_log_ids_item = str(success_log_ids_item_data)
            success_log_ids.append(success_log_ids_item)

        failed_log_ids = []
        for failed_log_ids_item_data in self.failed_log_ids:
            failed_log_ids_item = str(failed_log_ids_item_data)
            failed_log_ids.append(failed_log_ids_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "total_checked": total_checked,
                "marked_success": marked_success,
                "marked_failed": marked_failed,
                "skipped": skipped,
                "success_log_ids": success_log_ids,
                "failed_log_ids": failed_log_ids,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        total_checked = d.pop("total_checked")

        marked_success = d.pop("marked_success")

        marked_failed = d.pop("marked_failed")

        skipped = d.pop("skipped")

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

        reconciled_out = cls(
            total_checked=total_checked,
            marked_success=marked_success,
            marked_failed=marked_failed,
            skipped=skipped,
            success_log_ids=success_log_ids,
            failed_log_ids=failed_log_ids,
        )

        reconciled_out.additional_properties = d
        return reconciled_out

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
