"""One example of each answer, for the schema."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_ID = "01930f6e-7f6e-7c3a-9a53-0d5c4f1f6a10"
_JOB = "01930f6e-0000-7c3a-9a53-0d5c4f1f6a10"
EVENT: dict[str, Any] = {
    "id": _ID,
    "timestamp": "2026-11-20T09:00:00Z",
    "event_type": "clip_published",
    "sentence": "The clip is live on a platform.",
    "severity": "INFO",
    "entity_type": "publication",
    "entity_id": "01930000-0000-7000-8000-000000000002",
    "actor": "worker",
    "worker_id": "studio:a:4711",
    "correlation_id": "01930000-0000-7000-8000-000000000003",
    "job_id": _JOB,
    "clip_id": None,
    "caused_by": None,
    "metadata": {"platform": "instagram"},
    "row_hash": "9f2c…",
    "links": {
        "self": f"/ledger/events/{_ID}",
        "proof": f"/ledger/events/{_ID}/proof",
        "admin": f"/admin/ledger/ledgerevent/{_ID}/change/",
    },
}
SEAL: dict[str, Any] = {
    "number": 12,
    "sealed_at": "2026-11-20T09:01:00Z",
    "count": 340,
    "first_id": "01930000-0000-7000-8000-000000000001",
    "last_id": _ID,
    "root": "5be1…",
    "members_hash": "77ac…",
    "previous_hash": "0c4d…",
    "seal_hash": "e0b1…",
    "algorithm": "hmac-sha256",
    "key_id": "3f9a",
    "signature": "a771…",
}


def answer(name: str, value: Any) -> OpenApiExample:
    """An example of a good answer."""
    return OpenApiExample(name, value, response_only=True, status_codes=["200"])


def counted(name: str, row: dict[str, Any]) -> OpenApiExample:
    """An example of an answer off the rollups."""
    return answer(name, {"counted_until": "2026-11-20T09:00:30Z", "results": [row]})


EVENTS = answer(
    "A page",
    {
        "next": "http://127.0.0.1:8000/ledger/events?cursor=ZgGTD25_bnw6mlMNXE8fahA",
        "previous": None,
        "searched_on": False,
        "results": [EVENT],
    },
)
ONE = answer("A post that is live", EVENT | {"seal": 12})
TAIL = answer("One came in", {"events": [EVENT], "after": "WzQ3MTEsIiJd:1vT…"})
SLOWEST = counted(
    "A long render",
    {
        "job_id": _JOB,
        "job_type": "generate_variants",
        "duration_ms": 184_220,
        "ended_at": "2026-11-20T08:12:00Z",
        "ended_as": "job_processing_completed",
        "event_id": _ID,
    },
)
RATES = counted(
    "Two of forty",
    {
        "job_type": "cut_analysis",
        "completed": 38,
        "failed": 2,
        "retried": 3,
        "rate": 0.05,
        "low": 0.0138,
        "high": 0.165,
    },
)
THROUGHPUT = counted(
    "An hour",
    {"hour": "2026-11-20T08:00:00Z", "events": 2210, "errors": 1, "completed": 310, "failed": 1},
)
ANOMALIES = counted(
    "A job that hangs",
    {
        "kind": "stuck",
        "entity_type": "job",
        "entity_id": _JOB,
        "job_type": "cut_analysis",
        "since": "2026-11-20T06:00:00Z",
        "observed": 10_800.0,
        "usual": 52.4,
        "unit": "seconds",
        "surprise": 21.7,
        "measure": "robust deviations",
        "sentence": "cut_analysis has stood at job_processing_started for 3 h; 52.4 s is usual.",
    },
)
SEALS = answer("The newest", {"next": None, "results": [SEAL]})
ONE_SEAL = answer("A seal", SEAL)
PROOF = answer(
    "A proof, shortened",
    {
        "version": 1,
        "event": {"id": _ID, "event_type": "clip_published"},
        "leaf_index": 5,
        "tree_size": 340,
        "path": ["1c9e…", "88fb…"],
        "seal": {"body": {"number": 12}, "seal_hash": "e0b1…", "signature": "a771…"},
        "chain": [],
    },
)
