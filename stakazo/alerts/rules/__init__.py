"""The alert rules: each a pure function from facts to the alerts that should be open."""

from collections.abc import Callable, Iterator, Mapping

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.account_ending import account_ending
from stakazo.alerts.rules.account_expired import account_expired
from stakazo.alerts.rules.account_held import account_held
from stakazo.alerts.rules.app_refused import app_refused
from stakazo.alerts.rules.approval_due import approval_due
from stakazo.alerts.rules.dead_letters import dead_letters
from stakazo.alerts.rules.error_burst import error_burst
from stakazo.alerts.rules.ledger_chain import ledger_chain
from stakazo.alerts.rules.outcome_unknown import outcome_unknown
from stakazo.alerts.rules.post_finding import post_finding
from stakazo.alerts.rules.proposal import Proposal
from stakazo.alerts.rules.publication_missed import publication_missed
from stakazo.alerts.rules.step_undone import step_undone
from stakazo.alerts.rules.subscriber_disabled import subscriber_disabled
from stakazo.alerts.rules.video_failed import video_failed
from stakazo.alerts.rules.workers_silent import workers_silent

RULES: Mapping[str, Callable[[Facts], Iterator[Proposal]]] = {
    "dead_letters": dead_letters,
    "outcome_unknown": outcome_unknown,
    "account_expired": account_expired,
    "account_ending": account_ending,
    "account_held": account_held,
    "publication_missed": publication_missed,
    "approval_due": approval_due,
    "step_undone": step_undone,
    "post_finding": post_finding,
    "app_refused": app_refused,
    "video_failed": video_failed,
    "workers_silent": workers_silent,
    "error_burst": error_burst,
    "ledger_chain": ledger_chain,
    "subscriber_disabled": subscriber_disabled,
}

__all__ = ["RULES", "Proposal"]
