"""The budgets of each platform: which there are, and by which key of `jobs.budgets` each is kept.

A key is `platform:mode:scope:name:whose`, as in `tiktok:live:account:init:<account's id>`; of the scope
`app` there is one per platform and mode (`youtube:live:app:units:ours`). Patterns of STAKAZO_JOB_BUDGETS
go before the table in the settings.
"""

from typing import Any

from django.conf import settings

from jobs.budgets import BUDGETS, Budget, budget, budget_of, budgets_shown
from jobs.models import RateBudget
from publishing.models import SocialAccount

SCOPES = ("account", "app")


def declare_budgets() -> None:
    """Put the table of the settings into the one of `jobs`. Doing it twice changes nothing."""
    for row, (live, per_s, simulated) in settings.PLATFORM_BUDGETS.items():
        platform, scope, name = row.split(":")
        for mode, limit in (
            (SocialAccount.Mode.LIVE, live),
            (SocialAccount.Mode.SIMULATOR, simulated),
        ):
            pattern = f"{platform}:{mode.value}:{scope}:{name}:*"
            if pattern not in BUDGETS:
                budget(pattern, limit=limit, per_s=per_s)


def key_of(account: SocialAccount, scope: str, name: str) -> str:
    """By what the budget is kept."""
    whose = str(account.pk) if scope == "account" else "ours"
    return f"{account.platform}:{account.mode}:{scope}:{name}:{whose}"


def keys_of(account: SocialAccount, name: str) -> list[str]:
    """Every budget of this name that a call for this account takes from: its own, and the app's."""
    return [
        key_of(account, scope, name)
        for scope in SCOPES
        if f"{account.platform}:{scope}:{name}" in settings.PLATFORM_BUDGETS
    ]


def budget_for(account: SocialAccount, key: str) -> Budget:
    """Its numbers: what the platform told of this account, else what is declared; posts have the gap.

    Raises UnknownBudget.
    """
    declared = budget_of(key)
    _, _, scope, name, _ = key.split(":")
    told = account.limits_told.get(name) if scope == "account" else None
    gap_s = settings.PUBLISH_GAP_S if (scope, name) == ("account", "posts") else declared.gap_s
    return Budget(int(told or declared.limit), declared.per_s, gap_s)


def wait_of(key: str) -> float:
    """Seconds until a unit of this key can be had, as far as can be seen; 0.0: now."""
    row = RateBudget.objects.filter(key=key).first()
    return budgets_shown([row])[0].wait_s if row else 0.0


def wait_for_a_post(account: SocialAccount) -> float:
    """Seconds until the account can have its next post, gap and day's number; 0.0: now."""
    return max((wait_of(key) for key in keys_of(account, "posts")), default=0.0)


def budgets_of(account: SocialAccount) -> list[dict[str, Any]]:
    """How each budget that calls for this account took from stands.

    Rows of {scope, name, limit, per_s, gap_s, used, wait_s}, in the order of the table.
    """
    keys = {
        key_of(account, scope, name): (scope, name) for scope, name in names_of(account.platform)
    }
    rows = {row.key: row for row in RateBudget.objects.filter(key__in=keys)}
    shown = budgets_shown([rows[key] for key in keys if key in rows])
    return [
        {
            "scope": keys[each.key][0],
            "name": keys[each.key][1],
            "limit": each.limit,
            "per_s": each.per_s,
            "gap_s": each.gap_s,
            "used": each.used,
            "wait_s": round(each.wait_s, 1),
        }
        for each in shown
    ]


def names_of(platform: str) -> list[tuple[str, str]]:
    """(scope, name) of each budget of the platform, in the order of the table."""
    rows = (row.split(":") for row in settings.PLATFORM_BUDGETS)
    return [(scope, name) for its_platform, scope, name in rows if its_platform == platform]


declare_budgets()
