from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.approval_mode_enum import ApprovalModeEnum, check_approval_mode_enum
from ..models.blank_enum import BlankEnum, check_blank_enum
from ..models.catch_up_enum import CatchUpEnum, check_catch_up_enum

if TYPE_CHECKING:
    from ..models.slot import Slot


T = TypeVar("T", bound="AccountPlanOut")


@_attrs_define
class AccountPlanOut:
    """When posts of an account go out.

    Attributes:
        zone (str): By its IANA name, such as Europe/Madrid. Slots are times of its clocks.
        slots (list[Slot]):
        gap_min (int): At least, between two posts whose time we choose (slots, late ones).
        approval (ApprovalModeEnum | BlankEnum):
        catch_up (CatchUpEnum): * `late` - Send it late, one after another
            * `ask` - Hold it and ask
            * `slot` - Put it in the next free slot
        catch_up_within_h (int): A post that would go out later than that is held and asked about.
    """

    zone: str
    slots: list[Slot]
    gap_min: int
    approval: ApprovalModeEnum | BlankEnum
    catch_up: CatchUpEnum
    catch_up_within_h: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        zone = self.zone

        slots = []
        for slots_item_data in self.slots:
            slots_item = slots_item_data.to_dict()
            slots.append(slots_item)

        gap_min = self.gap_min

        approval: str
        if isinstance(self.approval, str):
            approval = self.approval
        else:
            approval = self.approval

        catch_up: str = self.catch_up

        catch_up_within_h = self.catch_up_within_h

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "zone": zone,
                "slots": slots,
                "gap_min": gap_min,
                "approval": approval,
                "catch_up": catch_up,
                "catch_up_within_h": catch_up_within_h,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.slot import Slot  # noqa: PLC0415

        d = dict(src_dict)
        zone = d.pop("zone")

        slots = []
        _slots = d.pop("slots")
        for slots_item_data in _slots:
            slots_item = Slot.from_dict(slots_item_data)

            slots.append(slots_item)

        gap_min = d.pop("gap_min")

        def _parse_approval(data: object) -> ApprovalModeEnum | BlankEnum:
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

        approval = _parse_approval(d.pop("approval"))

        catch_up = check_catch_up_enum(d.pop("catch_up"))

        catch_up_within_h = d.pop("catch_up_within_h")

        account_plan_out = cls(
            zone=zone,
            slots=slots,
            gap_min=gap_min,
            approval=approval,
            catch_up=catch_up,
            catch_up_within_h=catch_up_within_h,
        )

        account_plan_out.additional_properties = d
        return account_plan_out

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
