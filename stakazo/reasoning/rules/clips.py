"""Clips that nobody put forward, and videos that gave none."""

from collections.abc import Iterator

from stakazo.reasoning.facts import Facts
from stakazo.reasoning.findings import Action, Call, Finding, Severity, some

# Somebody may be about to look at fresh clips; after an hour nobody is.
WAIT_HOURS = 1


def clips_that_wait(facts: Facts) -> Iterator[Finding]:
    """Videos whose clips are ready for WAIT_HOURS, and none was chosen or posted."""
    for video in facts.waiting_videos:
        if video.clips and video.hours >= WAIT_HOURS:
            yield Finding(
                title=f"{some(video.clips, 'clip')} of {video.title} wait to be used",
                evidence=(f"Ready for {video.hours:.0f} hours; none was chosen or posted.",),
                severity=Severity.INFO,
                action=Action(
                    "Let the rules choose the best one for each platform.",
                    (Call("POST", "/orchestrate", {"video_id": video.video_id}),),
                ),
                confidence=0.7,
            )


def videos_that_failed(facts: Facts) -> Iterator[Finding]:
    """Videos that have no clips, because the search for them failed."""
    for video in facts.failed_videos:
        yield Finding(
            title=f"{video.title} has no clips",
            evidence=(f"The error: {video.error or 'none was kept'}",),
            severity=Severity.WARN,
            action=Action(
                "Look for clips again; if the file is at fault, upload a better one.",
                (
                    Call(
                        "POST",
                        "/jobs",
                        {
                            "job_type": "cut_analysis",
                            "payload": {"video_asset_id": video.video_id},
                        },
                    ),
                ),
            ),
            confidence=0.4,
        )
