"""What the schema shows of publications."""

from typing import Any

PUBLICATION: dict[str, Any] = {
    "id": "0190a0b0-0000-7000-8000-000000000030",
    "status": "published",
    "sentence": "Live on the platform.",
    "platform": "instagram",
    "account": "ada",
    "social_account": "0190a0b0-0000-7000-8000-000000000031",
    "clip_variant": "0190a0b0-0000-7000-8000-000000000003",
    "clip": "0190a0b0-0000-7000-8000-000000000002",
    "title": "Harbour lights",
    "caption": "Out now #harbour",
    "privacy": "public",
    "options": {},
    "scheduled_at": None,
    "local_time": None,
    "published_at": "2026-11-20T09:00:00Z",
    "external_post_id": "17912345678901234",
    "url": "https://www.instagram.com/reel/C8abc/",
    "error": "",
    "preflight": {
        "version": "instagram_reel@2026-11-20",
        "checked_at": "2026-11-20T08:59:00Z",
        "findings": [],
    },
    "repeat_allowed": False,
    "created_at": "2026-11-20T08:59:00Z",
}
REFUSED = {
    "code": "publishing.not-publishable",
    "message": "Instagram takes captions up to 2200 characters; here: 2314 characters. "
    "Shorten the caption.",
    "details": {
        "destination": "instagram_reel",
        "version": "2026-11-20",
        "problems": [
            {
                "rule": "caption",
                "field": "caption",
                "limit": "up to 2200 characters",
                "actual": "2314 characters",
                "cure": "Shorten the caption.",
                "severity": "error",
                "message": "Instagram takes captions up to 2200 characters; here: 2314 "
                "characters. Shorten the caption.",
            }
        ],
    },
}
WITH_EVIDENCE = {
    **PUBLICATION,
    "content_hash": "9f2c…",
    "approval": {"asks_for": "second", "missing": False, "by": "ada", "at": "2026-11-20T08:59:30Z"},
    "evidence": {
        "known": ["Live on the platform."],
        "attempts": [],
        "job_id": None,
    },
    "steps": [],
    "ledger_trail": [
        {
            "id": "0190a0b0-0000-7000-8000-000000000050",
            "timestamp": "2026-11-20T08:59:00Z",
            "event_type": "publication_created",
            "severity": "INFO",
            "actor": "user:1",
            "why": "",
        }
    ],
}
