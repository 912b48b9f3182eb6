from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.bulk_action_enum import BulkActionEnum, check_bulk_action_enum
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.bulk_in_request_filter import BulkInRequestFilter


T = TypeVar("T", bound="BulkInRequest")


@_attrs_define
class BulkInRequest:
    """What to do to many jobs: those of these ids, or those that match the filter.

    Attributes:
        action (BulkActionEnum): * `retry` - retry
            * `cancel` - cancel
        ids (list[UUID] | Unset):
        filter_ (BulkInRequestFilter | Unset): As in the list of jobs: `status` (one or several), `job_type`, `queue`,
            `correlation_id`, `error_group`, `since`.
        why (str | Unset):  Default: 'asked for'.
    """

    action: BulkActionEnum
    ids: list[UUID] | Unset = UNSET
    filter_: BulkInRequestFilter | Unset = UNSET
    why: str | Unset = "asked for"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        action: str = self.action

        ids: list[str] | Unset = UNSET
        if not isinstance(self.ids, Unset):
            ids = []
            for ids_item_data in self.ids:
                ids_item = str(ids_item_data)
                ids.append(ids_item)

        filter_: dict[str, Any] | Unset = UNSET
        if not isinstance(self.filter_, Unset):
            filter_ = self.filter_.to_dict()

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "action": action,
            }
        )
        if ids is not UNSET:
            field_dict["ids"] = ids
        if filter_ is not UNSET:
            field_dict["filter"] = filter_
        if why is not UNSET:
            field_dict["why"] = why

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.bulk_in_request_filter import BulkInRequestFilter  # noqa: PLC0415

        d = dict(src_dict)
        action = check_bulk_action_enum(d.pop("action"))

        _ids = d.pop("ids", UNSET)
        ids: list[UUID] | Unset = UNSET
        if _ids is not UNSET:
            ids = []
            for ids_item_data in _ids:
                ids_item = UUID(ids_item_data)

                ids.append(ids_item)

        _filter_ = d.pop("filter", UNSET)
        filter_: BulkInRequestFilter | Unset
        if isinstance(_filter_, Unset):
            filter_ = UNSET
        else:
            filter_ = BulkInRequestFilter.from_dict(_filter_)

        why = d.pop("why", UNSET)

        bulk_in_request = cls(
            action=action,
            ids=ids,
            filter_=filter_,
            why=why,
        )

        bulk_in_request.additional_properties = d
        return bulk_in_request

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
