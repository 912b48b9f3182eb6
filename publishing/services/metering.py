"""Rationing: no call beyond a platform's limits, no two posts of an account too close together.

Each call takes from its budgets before it is sent (`AccountMeter`, which every client of an account
carries). A post takes twice more: a start before its upload begins, so that a backlog does not upload all
at once, and its turn right before the point of no return.
"""

import random
import uuid
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from jobs import budgets as rations
from jobs.models import RateBudget
from publishing import budgets
from publishing.errors import OverBudget, PlatformError
from publishing.models import Publication, SocialAccount
from publishing.platforms.error_table import LABELS
from publishing.platforms.usage import usage_in

# Of the calls of a platform, what is left for posting when something else asks (numbers, say).
KEPT_FOR_POSTS = 0.2
TOLD_FOR_S = (
    3_600  # a percentage in a header is of a rolling window; it is told anew by each answer
)
# Of a wide budget some units are taken at once: a take is a transaction that all workers queue for.
WIDE, BLOCK = 5_000, 10
WORTH_TELLING = 50  # percent; below that our own count will do


class AccountMeter:
    """The budgets of one account, in the hands of one client. keep: the share that it leaves untouched."""

    def __init__(self, account: SocialAccount, *, keep: float = 0.0) -> None:
        self.account, self._keep = account, keep
        self._by = uuid.uuid4().hex
        self._last: list[str] = []
        self._at_hand: dict[str, int] = {}

    def take(self, uses: Mapping[str, int]) -> None:
        """Take so many units of each of these budgets, all or none. Raises OverBudget."""
        wanted = [
            (key, cost)
            for name, cost in uses.items()
            for key in budgets.keys_of(self.account, name)
        ]
        self._last = [key for key, _ in wanted]
        taken: list[tuple[str, int]] = []
        for key, cost in wanted:
            wait_s = self._take(key, cost)
            if wait_s > 0:
                for had, units in taken:
                    rations.refund(had, cost=units, by=self._by)
                raise over_budget(self.account, key, wait_s)
            taken.append((key, cost))

    def close(self) -> None:
        """Give back what was taken ahead."""
        for key, units in self._at_hand.items():
            if units:
                rations.refund(key, cost=units, by=self._by)
        self._at_hand.clear()

    def _take(self, key: str, cost: int) -> float:
        if self._at_hand.get(key, 0) >= cost:
            self._at_hand[key] -= cost
            return 0.0
        numbers = budgets.budget_for(self.account, key)
        if self._keep and rations.left(key) - cost < numbers.limit * self._keep:
            return max(budgets.wait_of(key), numbers.per_s / 10)
        if numbers.limit >= WIDE and not self._take_from(key, numbers, BLOCK + cost):
            self._at_hand[key] = self._at_hand.get(key, 0) + BLOCK
            return 0.0
        return self._take_from(key, numbers, cost)

    def _take_from(self, key: str, numbers: rations.Budget, cost: int) -> float:
        return rations.take(
            key,
            limit=numbers.limit,
            per_s=numbers.per_s,
            gap_s=numbers.gap_s,
            cost=cost,
            by=self._by,
        )

    def answered(self, headers: Mapping[str, str]) -> None:
        """Believe what the headers of an answer say of our usage."""
        for usage in usage_in(headers):
            key = budgets.key_of(self.account, usage.scope, "calls")
            if usage.percent < WORTH_TELLING or key not in budgets.keys_of(self.account, "calls"):
                continue
            self.close()  # what was taken ahead must not be given back after the correction
            limit = budgets.budget_for(self.account, key).limit
            used = -(-limit * usage.percent // 100)
            if used > limit - rations.left(key):
                until = timezone.now() + timedelta(seconds=usage.regain_s or TOLD_FOR_S)
                rations.correct(key, used=used, resets_at=until)

    def told(self, name: str, *, limit: int, used: int) -> None:
        """Believe an endpoint that says how large a budget of the account is and how much is used."""
        if limit < 1:
            return
        if self.account.limits_told.get(name) != limit:
            self.account.limits_told = {**self.account.limits_told, name: limit}
            SocialAccount.objects.filter(pk=self.account.pk).update(
                limits_told=self.account.limits_told
            )
        key = budgets.key_of(self.account, "account", name)
        row = RateBudget.objects.filter(key=key).first()
        # Our own takes hold the post in hand already, which the platform has not counted yet.
        if row is not None and used + 1 > row.limit - rations.left(key):
            rations.correct(key, left=max(row.limit - used - 1, 0))

    def believe(self, error: PlatformError) -> None:
        """Close the budgets that a platform says are used up, until it says that they are free."""
        if not error.closes or isinstance(error, OverBudget) or error.retry_after_s is None:
            return
        self.close()
        if error.closes == "*":
            keys = self._last
        else:
            scope, name = error.closes.split(":")
            keys = [budgets.key_of(self.account, scope, name)]
        until = timezone.now() + timedelta(seconds=error.retry_after_s)
        for key in keys:
            rations.correct(key, left=0, resets_at=until)


def over_budget(account: SocialAccount, key: str, wait_s: float) -> OverBudget:
    """The refusal of our own, in the words of the platform's."""
    _, _, scope, name, _ = key.split(":")
    whose = "of this account" if scope == "account" else "of our app"
    return OverBudget(
        f"Our budget {whose} at {LABELS[account.platform]} ({name.replace('_', ' ')}) is used up.",
        platform=account.platform,
        retry_after_s=round(wait_s, 3),
    )


# --- Posts ----------------------------------------------------------------------------------------


def wait_to_start(publication: Publication) -> float:
    """Seconds until this publication may begin; 0.0: it may, and its start is taken."""
    account = publication.social_account
    wait_s = budgets.wait_for_a_post(account)
    gap_s = settings.PUBLISH_GAP_S
    if not wait_s and gap_s > 0:
        wait_s = rations.take(
            f"{account.platform}:{account.mode}:account:starts:{account.pk}", limit=1, per_s=gap_s
        )
    if not wait_s:
        return 0.0
    # Each wakes at its own turn, in the order of their times, instead of all at the first one's.
    return wait_s + _before(publication) * gap_s + random.uniform(0, 1)  # noqa: S311  only jitter


def take_turn(account: SocialAccount, *, by: uuid.UUID) -> float:
    """Seconds until the account may have its next post; 0.0: now, and the turn is this attempt's."""
    taken: list[str] = []
    for key in budgets.keys_of(account, "posts"):
        numbers = budgets.budget_for(account, key)
        wait_s = rations.take(
            key, limit=numbers.limit, per_s=numbers.per_s, gap_s=numbers.gap_s, by=str(by)
        )
        if wait_s:
            for had in taken:
                rations.refund(had, by=str(by))
            return wait_s
        taken.append(key)
    return 0.0


def give_turn_back(account: SocialAccount, *, by: uuid.UUID) -> None:
    """The platform refused the post for certain: it does not count among the day's."""
    for key in budgets.keys_of(account, "posts"):
        rations.refund(key, by=str(by))


def _before(publication: Publication) -> int:
    """How many posts of the account are due and wait before this one."""
    due = Publication.objects.annotate(due_at=Coalesce("scheduled_at", "created_at")).filter(
        social_account_id=publication.social_account_id,
        status=Publication.Status.SCHEDULED,
        due_at__lte=timezone.now(),
    )
    mine = publication.scheduled_at or publication.created_at
    return due.filter(Q(due_at__lt=mine) | Q(due_at=mine, pk__lt=publication.pk)).count()
