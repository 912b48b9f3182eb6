"""The rules of the deterministic reasoner: each a pure function from facts to findings."""

from collections.abc import Callable, Iterator

from stakazo.reasoning.facts import Facts
from stakazo.reasoning.findings import Finding
from stakazo.reasoning.rules.accounts import accounts_to_connect
from stakazo.reasoning.rules.campaigns import campaigns_past_their_end, campaigns_without_clips
from stakazo.reasoning.rules.clips import clips_that_wait, videos_that_failed
from stakazo.reasoning.rules.errors import errors_on_the_rise
from stakazo.reasoning.rules.jobs import jobs_that_ended_badly, work_that_nobody_takes
from stakazo.reasoning.rules.learning import outcomes_to_learn_from, rules_to_decide_on
from stakazo.reasoning.rules.posts import posts_in_doubt, posts_that_failed

Rule = Callable[[Facts], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    work_that_nobody_takes,
    posts_in_doubt,
    accounts_to_connect,
    jobs_that_ended_badly,
    posts_that_failed,
    videos_that_failed,
    errors_on_the_rise,
    campaigns_past_their_end,
    campaigns_without_clips,
    clips_that_wait,
    rules_to_decide_on,
    outcomes_to_learn_from,
)
