"""Campaigns: every move of their life, and money that is not spent."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.errors import BadCampaign, CampaignOver, OverLimit
from campaigns.models import CAMPAIGN, Campaign
from campaigns.queries import campaign_counts, campaigns_summary
from campaigns.services.campaigns import (
    complete_campaign,
    create_campaign,
    money,
    pause_campaign,
    start_campaign,
)
from ledger.machine import IllegalMove
from ledger.models import LedgerEvent
from publishing.errors import UnknownPlatform
from publishing.models import Publication
from tests.campaigns.rows import choose_for
from tests.events import event_types_of
from tests.factories import make_campaign, make_publication

pytestmark = pytest.mark.django_db
C = Campaign.Status
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SERVICES = {C.ACTIVE: start_campaign, C.PAUSED: pause_campaign, C.COMPLETED: complete_campaign}
LEGAL = {
    (C.DRAFT, C.ACTIVE),
    (C.ACTIVE, C.PAUSED),
    (C.ACTIVE, C.COMPLETED),
    (C.PAUSED, C.ACTIVE),
    (C.PAUSED, C.COMPLETED),
}


@pytest.mark.parametrize("to", SERVICES)
@pytest.mark.parametrize("start", C.values)
def test_a_campaign_moves_only_as_its_table_says(start, to):
    campaign = make_campaign(status=start)
    if (C(start), to) in LEGAL:
        SERVICES[to](campaign, why="Ada said so")
        event = LedgerEvent.objects.filter(entity_id=str(campaign.pk)).latest("id")
        assert (event.metadata["to"], event.metadata["why"]) == (to, "Ada said so")
    else:
        with pytest.raises(IllegalMove):
            SERVICES[to](campaign)
    campaign.refresh_from_db()
    assert campaign.status == (to if (C(start), to) in LEGAL else start)


def test_the_first_start_stays_on_record_when_a_pause_ends():
    campaign = start_campaign(make_campaign(), now=NOW)
    pause_campaign(campaign)
    start_campaign(campaign, now=NOW + timedelta(days=1))
    campaign.refresh_from_db()
    assert campaign.started_at == NOW
    complete_campaign(campaign)
    assert campaign.completed_at is not None
    assert event_types_of(campaign) == [
        "campaign_created",
        "campaign_started",
        "campaign_paused",
        "campaign_started",
        "campaign_completed",
    ]


@pytest.mark.parametrize(
    ("budget", "starts"), [(0, True), (4_999, True), (5_000, True), (5_001, False)]
)
def test_no_campaign_starts_above_the_spending_limit(settings, budget, starts):
    settings.SPENDING_LIMIT_MINOR = 5_000
    campaign = create_campaign("Paid", platforms=["instagram"], budget_minor=budget)
    if starts:
        assert start_campaign(campaign).status == C.ACTIVE
    else:
        with pytest.raises(OverLimit, match=r"50\.01 EUR, and the spending limit is 50\.00 EUR"):
            start_campaign(campaign)
        campaign.refresh_from_db()
        assert (campaign.status, campaign.started_at) == (C.DRAFT, None)


def test_by_default_nothing_is_spent():
    campaign = create_campaign("Paid", platforms=["instagram"], budget_minor=1)
    with pytest.raises(OverLimit):
        start_campaign(campaign)


def test_a_paused_campaign_does_not_come_back_above_the_limit(settings):
    campaign = make_campaign(status=C.PAUSED, budget_minor=10)
    with pytest.raises(OverLimit):
        start_campaign(campaign)
    settings.SPENDING_LIMIT_MINOR = 10
    assert start_campaign(campaign).status == C.ACTIVE


def test_a_campaign_whose_end_has_passed_does_not_start():
    campaign = create_campaign("Late", platforms=["tiktok"], ends_at=NOW)
    with pytest.raises(CampaignOver):
        start_campaign(campaign, now=NOW)
    assert start_campaign(campaign, now=NOW - timedelta(seconds=1)).status == C.ACTIVE


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"platforms": []}, "platforms"),
        ({"goal": "fame"}, "goal"),
        ({"budget_minor": -1}, "budget_minor"),
        ({"budget_minor": 2**63}, "budget_minor"),
        ({"currency": "EURO"}, "currency"),
        ({"currency": "E1R"}, "currency"),
        ({"starts_at": NOW, "ends_at": NOW}, "ends_at"),
        ({"starts_at": NOW, "ends_at": NOW - timedelta(days=1)}, "ends_at"),
    ],
)
def test_a_campaign_that_cannot_be_run_is_refused_by_field(fields, wrong):
    with pytest.raises(BadCampaign) as refused:
        create_campaign(**{"name": "Spring", "platforms": ["tiktok"], **fields})
    assert list(refused.value.details["fields"]) == [wrong]
    assert not Campaign.objects.exists()


def test_a_campaign_on_an_unknown_platform_is_refused():
    with pytest.raises(UnknownPlatform):
        create_campaign("Spring", platforms=["tiktok", "myspace"])


def test_a_platform_named_twice_counts_once():
    campaign = create_campaign(" Spring ", platforms=["tiktok", "tiktok"], currency="usd")
    assert (campaign.name, campaign.platforms, campaign.currency) == ("Spring", ["tiktok"], "USD")


def test_counts_name_every_state():
    make_campaign()
    make_campaign(status=C.ACTIVE)
    assert campaign_counts() == {"draft": 1, "active": 1, "paused": 0, "completed": 0}


def test_the_summary_shows_what_is_not_over_in_two_queries(django_assert_num_queries):
    campaign = make_campaign(status=C.ACTIVE, name="Spring")
    choice = choose_for(campaign)
    choice.publication = make_publication(status=Publication.Status.PUBLISHED, external_post_id="1")
    choice.save()
    choose_for(campaign, platform="tiktok")
    make_campaign(status=C.COMPLETED)
    with django_assert_num_queries(2):
        (summary,) = campaigns_summary()
    assert (summary.name, summary.status, summary.choices, summary.posted) == (
        "Spring",
        "active",
        2,
        1,
    )
    assert summary.sentence == CAMPAIGN.sentences["active"]


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, "EUR", "0.00 EUR"),
        (5, "USD", "0.05 USD"),
        (1250, "EUR", "12.50 EUR"),
        (7, "JPY", "7 JPY"),
    ],
)
def test_money_is_shown_as_people_write_it(minor, currency, text):
    assert money(minor, currency) == text
