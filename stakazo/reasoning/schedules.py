"""What recurs in this room. A cluster calls it; it only puts a job in the queue."""

from stakazo.reasoning.models import ReasoningRun
from stakazo.reasoning.services import request_reasoning

# name, function, minutes
SCHEDULES = [("reasoning.look", "stakazo.reasoning.schedules.enqueue_reasoning", 60)]


def enqueue_reasoning() -> None:
    """One look at the house."""
    request_reasoning(trigger=ReasoningRun.Trigger.SCHEDULED)
