"""Proposing rules, switching them on and off. A rule is never changed: a new version is proposed."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from campaigns import queries
from campaigns.defaults import DEFAULT_RULES
from campaigns.errors import NoActiveRule
from campaigns.features import Limits, read_weights
from campaigns.models import RULE, PlatformRule
from media_assets.queries import known_formats
from publishing.errors import UnknownPlatform
from publishing.models import Platform

# How often a version number that somebody else took first is counted anew.
_TRIES = 5


def check_platform(platform: str) -> str:
    """The platform's name. Raises UnknownPlatform."""
    if platform not in Platform.values:
        raise UnknownPlatform(
            f"We do not publish on {platform!r}.", platform=platform, known=Platform.values
        )
    return str(platform)


def propose_rule(
    platform: str,
    *,
    weights: Mapping[str, Any],
    limits: Mapping[str, Any] | None = None,
    why: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> PlatformRule:
    """Write down new weights for a platform; they decide nothing until activated.

    limits None: those of the rule in use, else the default ones. Raises UnknownPlatform, BadRule.
    """
    check_platform(platform)
    read = read_weights(weights)
    if limits is None:
        active = queries.active_rule(platform)
        limits = active.limits if active else DEFAULT_RULES[platform].limits.as_json()
    rule = PlatformRule(
        platform=platform,
        weights=read,
        limits=Limits.read(limits, formats=known_formats()).as_json(),
        why=why,
        evidence=dict(evidence or {}),
    )
    for tries_left in reversed(range(_TRIES)):
        highest = PlatformRule.objects.filter(platform=platform).aggregate(high=Max("version"))
        rule.version = (highest["high"] or 0) + 1
        try:
            with transaction.atomic():
                rule.save(force_insert=True)
            break
        except IntegrityError:
            if not tries_left:
                raise
    return rule


def activate_rule(rule: PlatformRule, *, why: str = "asked for") -> PlatformRule:
    """Let this rule decide for its platform; the one that did is retired in the same transaction.

    Two at once wait for each other, and the later one wins; the database allows one active rule per
    platform. Raises IllegalMove when it is active already.
    """
    with transaction.atomic():
        # Every rule of the platform, in one order, so that two activations queue up here.
        rows = list(
            PlatformRule.objects.select_for_update().filter(platform=rule.platform).order_by("id")
        )
        rule.status = next((row.status for row in rows if row.pk == rule.pk), rule.status)
        for row in rows:
            if row.status == PlatformRule.Status.ACTIVE and row.pk != rule.pk:
                RULE.move(row, PlatformRule.Status.RETIRED, why=f"{rule} takes over")
        return RULE.move(rule, PlatformRule.Status.ACTIVE, why=why, values={"retired_at": None})


def retire_rule(rule: PlatformRule, *, why: str = "asked for") -> PlatformRule:
    """Take a rule out of use, or turn a proposal down. Raises IllegalMove when it is already."""
    return RULE.move(rule, PlatformRule.Status.RETIRED, why=why)


def ensure_default_rules(*platforms: str) -> list[PlatformRule]:
    """Give each platform (all, when none is named) that has no rule at all its default one, active.

    Safe to call often and from several processes at once. A platform whose rules somebody retired is
    left alone. The rules that were made.
    """
    named = [check_platform(platform) for platform in platforms] or list(Platform.values)
    made = []
    for platform in named:
        if PlatformRule.objects.filter(platform=platform).exists():
            continue
        default = DEFAULT_RULES[platform]
        try:
            with transaction.atomic():
                rule = PlatformRule(
                    platform=platform,
                    version=1,
                    weights=default.plain_weights,
                    limits=default.limits.as_json(),
                    why=default.why,
                )
                rule.save(force_insert=True)
                made.append(activate_rule(rule, why="the first rule of its platform"))
        except IntegrityError:
            # Somebody else made it in the same moment; theirs stands.
            continue
    return made


def rule_in_use(platform: str, *, dry_run: bool = False) -> PlatformRule:
    """The rule that decides for the platform; the default one where there was none yet.

    dry_run: a missing default is made in memory only. Raises UnknownPlatform, NoActiveRule.
    """
    check_platform(platform)
    if not dry_run:
        ensure_default_rules(platform)
    if (active := queries.active_rule(platform)) is not None:
        return active
    if dry_run and not PlatformRule.objects.filter(platform=platform).exists():
        default = DEFAULT_RULES[platform]
        return PlatformRule(
            platform=platform,
            version=1,
            weights=default.plain_weights,
            limits=default.limits.as_json(),
            why=default.why,
        )
    raise NoActiveRule(
        f"No rule is active for {Platform(platform).label}; activate one.", platform=platform
    )
