"""Saying when posts of an account go out."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from ledger.services import log_event
from publishing import queries
from publishing.approval import Mode
from publishing.clocks import Slot, zone_called
from publishing.models import AccountPlan, SocialAccount
from publishing.plan_models import CatchUp
from stakazo.core.errors import InvalidInput
from stakazo.identity.reach import check_reach

MOST_SLOTS = 200  # a week; one each 50 minutes
MOST_GAP_MIN = 24 * 60
MOST_LATE_H = 24 * 30


def set_plan(
    account: SocialAccount,
    *,
    zone: str | None = None,
    slots: Iterable[Slot] | None = None,
    gap_min: int | None = None,
    approval: str | None = None,
    catch_up: str | None = None,
    catch_up_within_h: int | None = None,
) -> AccountPlan:
    """Change the plan of an account; what is None stays as it is.

    Publications that have a time keep it: a plan says where new ones go. Raises InvalidInput.
    """
    check_reach(account.mode)
    wanted: dict[str, Any] = {}
    if zone is not None:
        wanted["zone"] = zone_called(zone).key
    if slots is not None:
        wanted["slots"] = _as_json(slots)
    if gap_min is not None:
        wanted["gap_min"] = _within("gap_min", gap_min, 0, MOST_GAP_MIN)
    if approval is not None:
        wanted["approval"] = _one_of("approval", approval, ["", *Mode])
    if catch_up is not None:
        wanted["catch_up"] = _one_of("catch_up", catch_up, [*CatchUp])
    if catch_up_within_h is not None:
        wanted["catch_up_within_h"] = _within(
            "catch_up_within_h", catch_up_within_h, 0, MOST_LATE_H
        )
    with transaction.atomic():
        queries.hold_account(account)
        # Read anew: what the account carries along may be older than the last change.
        plan = AccountPlan.objects.filter(social_account=account).first()
        plan = plan or AccountPlan(social_account=account)
        before = {name: getattr(plan, name) for name in wanted}
        changed = {name: value for name, value in wanted.items() if before[name] != value}
        if not changed:
            return plan
        for name, value in changed.items():
            setattr(plan, name, value)
        plan.changed_at = timezone.now()
        plan.save()
        account.plan = plan
        log_event(
            "account_plan_changed",
            entity=account,
            metadata={"before": {name: before[name] for name in changed}, "after": changed},
        )
    return plan


def _as_json(slots: Iterable[Slot]) -> list[dict[str, Any]]:
    found = sorted(set(slots))
    if len(found) > MOST_SLOTS:
        raise InvalidInput(
            f"A week has at most {MOST_SLOTS} slots; these are {len(found)}.", slots=len(found)
        )
    for slot in found:
        _within("weekday", slot.weekday, 1, 7)
    return [{"weekday": slot.weekday, "at": f"{slot.at:%H:%M}"} for slot in found]


def _one_of(name: str, value: str, allowed: list[str]) -> str:
    if value not in allowed:
        known = ", ".join(repr(str(each)) for each in allowed)
        raise InvalidInput(f"{name} is one of {known}; not {value[:20]!r}.", **{name: value[:20]})
    return str(value)


def _within(name: str, value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise InvalidInput(f"{name} lies between {low} and {high}; not {value}.", **{name: value})
    return value
