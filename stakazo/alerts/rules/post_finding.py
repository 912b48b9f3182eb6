"""Posts on which a platform and our records do not agree."""

from collections.abc import Iterator

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import ERROR, WARN, Proposal


def post_finding(facts: Facts) -> Iterator[Proposal]:
    """One alert per open finding; an error where there may be a second post."""
    for finding in facts.post_findings:
        yield Proposal(
            key=finding.finding_id,
            severity=ERROR if finding.kind == "double" else WARN,
            title=finding.name[:200],
            message=f"{finding.why} Look at the account; dismiss it when it is as it should be.",
            entity_type="post_finding",
            entity_id=finding.finding_id,
        )
