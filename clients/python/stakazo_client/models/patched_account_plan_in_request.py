from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.approval_mode_enum import ApprovalModeEnum, check_approval_mode_enum
from ..models.blank_enum import BlankEnum, check_blank_enum
from ..models.catch_up_enum import CatchUpEnum, check_catch_up_enum
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.slot_request import SlotRequest


T = TypeVar("T", bound="PatchedAccountPlanInRequest")


@_attrs_define
class PatchedAccountPlanInRequest:
    """What to change; what is left out stays as it is.

    Attributes:
        zone (str | Unset): IANA name.
        slots (list[SlotRequest] | Unset): All of them.
        gap_min (int | Unset):
        approval (ApprovalModeEnum | BlankEnum | Unset): Whose yes its posts need; empty: as the setting says.

            * `off` - Nobody's
            * `one` - Somebody's
            * `second` - A second person's
        catch_up (CatchUpEnum | Unset): * `late` - Send it late, one after another
            * `ask` - Hold it and ask
            * `slot` - Put it in the next free slot
        catch_up_within_h (int | Unset):
    """

    zone: str | Unset = UNSET
    slots: list[SlotRequest] | Unset = UNSET
    gap_min: int | Unset = UNSET
    approval: ApprovalModeEnum | BlankEnum | Unset = UNSET
    catch_up: CatchUpEnum | Unset = UNSET
    catch_up_within_h: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        zone = self.zone

        slots: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.slots, Unset):
            slots = []
            for slots_item_data in self.slots:
                slots_item = slots_item_data.to_dict()
                slots.append(slots_item)

        gap_min = self.gap_min

        approval: str | Unset
        if isinstance(self.approval, Unset):
            approval = UNSET
        elif isinstance(self.approval, str):
            approval = self.approval
        else:
            approval = self.approval

        catch_up: str | Unset = UNSET
        if not isinstance(self.catch_up, Unset):
            catch_up = self.catch_up

        catch_up_within_h = self.catch_up_within_h

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if zone is not UNSET:
            field_dict["zone"] = zone
        if slots is not UNSET:
            field_dict["slots"] = slots
        if gap_min is not UNSET:
            field_dict["gap_min"] = gap_min
        if approval is not UNSET:
            field_dict["approval"] = approval
        if catch_up is not UNSET:
            field_dict["catch_up"] = catch_up
        if catch_up_within_h is not UNSET:
            field_dict["catch_up_within_h"] = catch_up_within_h

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.slot_request import SlotRequest  # noqa: PLC0415

        d = dict(src_dict)
        zone = d.pop("zone", UNSET)

        _slots = d.pop("slots", UNSET)
        slots: list[SlotRequest] | Unset = UNSET
        if _slots is not UNSET:
            slots = []
            for slots_item_data in _slots:
                slots_item = SlotRequest.from_dict(slots_item_data)

                slots.append(slots_item)

        gap_min = d.pop("gap_min", UNSET)

        def _parse_approval(data: object) -> ApprovalModeEnum | BlankEnum | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                approval_type_0 = check_approval_mode_enum(data)

                return approval_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, str):
                raise TypeError()
            approval_type_1 = check_blank_enum(data)

            return approval_type_1

        approval = _parse_approval(d.pop("approval", UNSET))

        _catch_up = d.pop("catch_up", UNSET)
        catch_up: CatchUpEnum | Unset
        if isinstance(_catch_up, Unset):
            catch_up = UNSET
        else:
            catch_up = check_catch_up_enum(_catch_up)

        catch_up_within_h = d.pop("catch_up_within_h", UNSET)

        patched_account_plan_in_request = cls(
            zone=zone,
            slots=slots,
            gap_min=gap_min,
            approval=approval,
            catch_up=catch_up,
            catch_up_within_h=catch_up_within_h,
        )

        patched_account_plan_in_request.additional_properties = d
        return patched_account_plan_in_request

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
