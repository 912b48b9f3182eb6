"""Campaigns that run without clips, or past their end."""

from collections.abc import Iterator

from stakazo.reasoning.facts import Facts
from stakazo.reasoning.findings import Action, Call, Finding, Severity


def campaigns_without_clips(facts: Facts) -> Iterator[Finding]:
    """Active campaigns that lack a clip for some of their platforms."""
    for campaign in facts.running_campaigns:
        missing = campaign.platforms - campaign.choices
        if missing > 0 and not _over(campaign.ended_hours):
            yield Finding(
                title=f"{campaign.name} runs without clips for all its platforms",
                evidence=(f"{campaign.choices} of {campaign.platforms} platforms have a clip.",),
                severity=Severity.WARN,
                action=Action(
                    "Let the rules choose.",
                    (Call("POST", "/orchestrate", {"campaign_id": campaign.campaign_id}),),
                ),
                confidence=0.85,
            )


def campaigns_past_their_end(facts: Facts) -> Iterator[Finding]:
    """Active campaigns whose end has passed."""
    for campaign in facts.running_campaigns:
        if _over(campaign.ended_hours):
            yield Finding(
                title=f"{campaign.name} runs past its end",
                evidence=(f"It should have ended {campaign.ended_hours:.0f} hours ago.",),
                severity=Severity.WARN,
                action=Action(
                    "Complete it.",
                    (
                        Call(
                            "POST",
                            f"/campaigns/{campaign.campaign_id}/complete",
                            {"why": "its end has passed"},
                        ),
                    ),
                ),
                confidence=0.9,
            )


def _over(ended_hours: float | None) -> bool:
    return ended_hours is not None and ended_hours >= 0
