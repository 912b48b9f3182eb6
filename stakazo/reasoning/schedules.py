"""What recurs in this room."""

from datetime import timedelta

from jobs.schedules import schedule
from stakazo.reasoning.models import ReasoningRun
from stakazo.reasoning.payloads import AiReasoning
from stakazo.reasoning.queries import DEDUP_KEY

schedule(
    "reasoning.look",
    "ai_reasoning",
    payload=AiReasoning(str(ReasoningRun.Trigger.SCHEDULED)),
    every=timedelta(hours=1),
    dedup_key=DEDUP_KEY,  # one look at a time, whoever asked for it
)
