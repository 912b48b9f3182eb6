"""What the schema shows of jobs."""

from drf_spectacular.utils import OpenApiExample

_ID = "01930f6e-7f6e-7c3a-9a53-0d5c4f1f6a10"
A_JOB = OpenApiExample(
    "A search for clips",
    response_only=True,
    value={
        "id": _ID,
        "job_type": "cut_analysis",
        "queue": "cut",
        "status": "processing",
        "status_means": "A worker holds it and works on it.",
        "priority": 0,
        "payload": {"video_asset_id": "01930f6e-0000-7c3a-9a53-0d5c4f1f6a10", "clip_count": None},
        "dedup_key": "cut_analysis:01930f6e-0000-7c3a-9a53-0d5c4f1f6a10",
        "correlation_id": "01930f6e-0000-7c3a-9a53-0d5c4f1f6a10",
        "created_at": "2026-03-01T12:00:00Z",
        "run_at": "2026-03-01T12:00:00Z",
        "started_at": "2026-03-01T12:00:01Z",
        "ended_at": None,
        "attempt": 1,
        "max_attempts": 3,
        "stage": "finding shots",
        "progress": 0.4,
        "cancel_requested": False,
        "after_left": 0,
        "result": {},
        "error_code": "",
        "error": "",
        "error_group": "",
        "links": {
            "self": f"/jobs/{_ID}",
            "parent_job": "",
            "process": "",
            "retry": "",
            "cancel": f"/jobs/{_ID}/cancel",
            "admin": f"/admin/jobs/job/{_ID}/change/",
        },
    },
)
A_JOB_WITH_ATTEMPTS = OpenApiExample(
    "With its attempts",
    response_only=True,
    value={
        **A_JOB.value,
        "attempts": [
            {
                "number": 1,
                "outcome": "running",
                "worker_id": "studio::4711",
                "started_at": "2026-03-01T12:00:01Z",
                "ended_at": None,
                "stages": [{"name": "finding shots", "started_ms": 12, "ms": 840}],
                "error_code": "",
                "error": "",
            }
        ],
    },
)
_QUEUE = {
    "queue": "render",
    "status": "running",
    "host_limit": None,
    "total_limit": None,
    "waiting": 2,
    "blocked": 0,
    "scheduled": 0,
    "retry": 0,
    "running": 1,
    "oldest_wait_s": 3.5,
    "done_1h": 12,
    "failed_1h": 0,
    "failure_share": 0.0,
    "done_by_minute": [0] * 59 + [12],
    "failed_by_minute": [0] * 60,
}
A_QUEUE = OpenApiExample("A queue", response_only=True, value=_QUEUE)
THE_STATS = OpenApiExample(
    "One queue, one cause",
    response_only=True,
    value={
        "at": "2026-03-01T12:00:00Z",
        "queues": [_QUEUE],
        "causes": [
            {
                "error_group": "5b0f6a0e9d5f4c11",
                "job_type": "publish_clip",
                "error_code": "publishing.platform-busy",
                "error": "The platform asked us to come back later.",
                "count": 3,
                "waiting": 1,
                "first_seen": "2026-03-01T11:40:00Z",
                "last_seen": "2026-03-01T11:58:00Z",
            }
        ],
    },
)
A_BATCH = OpenApiExample(
    "Half of it",
    response_only=True,
    value={
        "id": _ID,
        "name": "retry",
        "created_at": "2026-03-01T12:00:00Z",
        "total": 2,
        "counts": {"completed": 1, "processing": 1},
        "progress": 0.5,
    },
)
