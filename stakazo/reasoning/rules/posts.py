"""Posts in doubt, and posts that failed."""

from collections.abc import Iterator

from stakazo.reasoning.facts import Facts
from stakazo.reasoning.findings import Action, Call, Finding, Severity, some

# Reconciliation runs every few minutes; what is unknown for longer, it did not settle by itself.
DOUBT_MINUTES = 30
# The contract of POST /publishing/reconcile.
SINCE_LEAST, SINCE_MOST = 1, 1440


def posts_in_doubt(facts: Facts) -> Iterator[Finding]:
    """Publications whose outcome has been unknown for DOUBT_MINUTES; unknown since when: those too."""
    old = [each for each in facts.doubts if each.minutes is None or each.minutes >= DOUBT_MINUTES]
    if not old:
        return
    known = [each.minutes for each in old if each.minutes is not None]
    since = int(min(max(min(known, default=DOUBT_MINUTES), SINCE_LEAST), SINCE_MOST))
    posts = some(len(old), "post")
    yield Finding(
        title=f"{posts} in doubt for more than {DOUBT_MINUTES} minutes",
        evidence=tuple(
            f"{each.name}: {'nobody noted since when' if each.minutes is None else f'{each.minutes:.0f} minutes'}."
            for each in old[:5]
        ),
        severity=Severity.ERROR,
        action=Action(
            "Reconcile: ask the platforms what became of them.",
            (Call("POST", f"/publishing/reconcile?since_minutes={since}"),),
        ),
        confidence=0.9,
    )


def posts_that_failed(facts: Facts) -> Iterator[Finding]:
    """One finding per platform on which posts failed in the last day."""
    for failed in facts.failed_posts:
        if not failed.count:
            continue
        yield Finding(
            title=f"{some(failed.count, 'post')} failed on {failed.platform} in the last day",
            evidence=(f"The newest error: {failed.error or 'none was kept'}",),
            severity=Severity.WARN,
            action=Action("Read the error of each, change what it names, and post again."),
            confidence=0.6,
        )
