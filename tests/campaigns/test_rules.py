"""Rules: proposed, switched on, retired; one decides per platform, whoever races."""

import pytest
from django.db import IntegrityError, transaction

from campaigns.defaults import DEFAULT_RULES
from campaigns.errors import BadRule, NoActiveRule
from campaigns.models import PlatformRule
from campaigns.queries import active_rules
from campaigns.services.rules import (
    activate_rule,
    ensure_default_rules,
    propose_rule,
    retire_rule,
    rule_in_use,
)
from ledger.machine import IllegalMove
from ledger.models import LedgerEvent
from publishing.errors import UnknownPlatform
from publishing.models import Platform
from tests.campaigns.together import all_at_once
from tests.events import event_types_of
from tests.past_the_ledger import overwrite

pytestmark = pytest.mark.django_db
S = PlatformRule.Status


def propose(platform="tiktok", **fields):
    return propose_rule(platform, **{"weights": {"motion": 1.0}, **fields})


def test_versions_of_a_platform_count_up_and_decide_nothing_yet():
    first, second = propose(), propose()
    other = propose("youtube")
    assert [(rule.version, rule.status) for rule in (first, second, other)] == [
        (1, "proposed"),
        (2, "proposed"),
        (1, "proposed"),
    ]
    assert event_types_of(second) == ["rule_proposed"]


def test_activating_retires_the_one_that_decided():
    first, second = propose(), propose()
    activate_rule(first)
    activate_rule(second, why="better on paper")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (S.RETIRED, S.ACTIVE)
    assert event_types_of(first) == ["rule_proposed", "rule_activated", "rule_retired"]
    (event,) = LedgerEvent.objects.filter(event_type="rule_retired")
    assert event.metadata["why"] == "TikTok v2 takes over"


def test_a_retired_rule_can_come_back():
    first, second = propose(), propose()
    activate_rule(first)
    activate_rule(second)
    first.refresh_from_db()
    activate_rule(first, why="roll back")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.retired_at, second.status) == (S.ACTIVE, None, S.RETIRED)


def test_the_active_rule_is_not_activated_again():
    rule = activate_rule(propose())
    with pytest.raises(IllegalMove):
        activate_rule(rule)


def test_a_stale_row_in_hand_does_not_hide_what_the_database_holds():
    rule = propose()
    stale = PlatformRule.objects.get(pk=rule.pk)
    activate_rule(rule)
    with pytest.raises(IllegalMove):
        activate_rule(stale)


def test_a_proposal_can_be_turned_down_once():
    rule = retire_rule(propose(), why="no")
    assert rule.retired_at is not None
    with pytest.raises(IllegalMove):
        retire_rule(rule)


def test_the_database_allows_one_active_rule_per_platform():
    activate_rule(propose())
    other = propose()
    with pytest.raises(IntegrityError), transaction.atomic():
        overwrite(PlatformRule.objects.filter(pk=other.pk), status=S.ACTIVE)


def test_a_proposal_takes_its_limits_from_the_rule_in_use():
    assert propose().limits == DEFAULT_RULES["tiktok"].limits.as_json()
    activate_rule(propose(limits={"max_duration_ms": 5_000}))
    assert propose().limits == {"max_duration_ms": 5_000}
    assert propose(limits={}).limits == {}


@pytest.mark.parametrize("bad", [{"weights": {}}, {"weights": {"x": 1}}, {"limits": {"x": 1}}])
def test_a_rule_that_makes_no_sense_is_not_stored(bad):
    with pytest.raises(BadRule):
        propose(**bad)
    assert not PlatformRule.objects.exists()


def test_a_platform_that_we_do_not_know_gets_no_rule():
    with pytest.raises(UnknownPlatform):
        propose("myspace")


def test_defaults_are_made_once_and_decide():
    assert len(ensure_default_rules()) == len(Platform.values)
    assert ensure_default_rules() == []
    assert {rule.platform for rule in active_rules()} == set(Platform.values)
    rule = rule_in_use("tiktok")
    assert rule.weights == DEFAULT_RULES["tiktok"].plain_weights
    assert "hook 0.2: the first second decides" in rule.why
    assert event_types_of(rule) == ["rule_proposed", "rule_activated"]


def test_a_platform_whose_rules_somebody_retired_is_left_alone():
    retire_rule(rule_in_use("tiktok"))
    for dry_run in (False, True):
        with pytest.raises(NoActiveRule):
            rule_in_use("tiktok", dry_run=dry_run)


def test_a_look_at_the_default_rule_stores_nothing():
    assert rule_in_use("tiktok", dry_run=True).version == 1
    assert not PlatformRule.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_activations_at_once_exactly_one_rule_decides():
    activate_rule(propose())
    rivals = [propose() for _ in range(4)]
    all_at_once(*[lambda rule=rule: activate_rule(rule) for rule in rivals])
    (winner,) = active_rules()
    assert winner in rivals
    # Each came to decide, one after the other, and all but the last were retired again.
    assert LedgerEvent.objects.filter(event_type="rule_activated").count() == 5
    assert LedgerEvent.objects.filter(event_type="rule_retired").count() == 4


@pytest.mark.django_db(transaction=True)
def test_defaults_asked_for_by_many_at_once_are_made_once():
    all_at_once(*[lambda: rule_in_use("youtube")] * 4)
    (rule,) = PlatformRule.objects.all()
    assert (rule.version, rule.status) == (1, S.ACTIVE)
    assert event_types_of(rule) == ["rule_proposed", "rule_activated"]


@pytest.mark.django_db(transaction=True)
def test_proposals_at_once_get_different_versions():
    all_at_once(*[propose] * 4)
    versions = PlatformRule.objects.order_by("version").values_list("version", flat=True)
    assert list(versions) == [1, 2, 3, 4]
