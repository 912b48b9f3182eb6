"""Videos that have no clips."""

from collections.abc import Iterator

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import WARN, Proposal


def video_failed(facts: Facts) -> Iterator[Proposal]:
    """One alert per video."""
    for video in facts.failed_videos:
        yield Proposal(
            key=video.video_id,
            severity=WARN,
            title=f"{video.title or 'A video'} could not be analysed"[:200],
            message=video.error or "Nobody noted the error; the job's attempts tell more.",
            entity_type="video_asset",
            entity_id=video.video_id,
        )
