"""Ten thousand deliveries at the doors of the platforms, two in three of them forged."""

import os
import time

from tests.benchmarks.table import Row
from tests.publishing.fuzz import run

TITLE = "Webhooks in"


def rows():
    """The figures. DELIVERIES and SEED in the environment say otherwise."""
    begun = time.perf_counter()
    tally = run(
        seed=int(os.environ.get("SEED", "1")), deliveries=int(os.environ.get("DELIVERIES", "10000"))
    )
    took_s = time.perf_counter() - begun
    for name in ("forgeries_taken", "good_refused", "broke"):
        for case in getattr(tally, name)[:3]:
            print(name, case)  # noqa: T201  what a failure looks like
    return [
        Row("deliveries", f"{tally.sent}", "–", "–"),
        Row("forged, by 25 tricks", f"{tally.forged}", "–", "–"),
        Row("forgeries taken", f"{len(tally.forgeries_taken)}", "0", "–"),
        Row("good ones refused", f"{len(tally.good_refused)}", "0", "–"),
        Row("repeated", f"{tally.repeated}", "–", "–"),
        Row("double effects", f"{tally.double_effects}", "0", "–"),
        Row("answers of 500 and more", f"{len(tally.broke)}", "0", "–"),
        Row("refused ones kept", f"{tally.refused_rows}", "at most 1500", "–"),
        Row("each", f"{took_s / tally.sent * 1000:.1f} ms", "–", "–"),
    ]
