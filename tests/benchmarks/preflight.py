"""What the simulator refuses, and how much of it preflight names before the first call.

Real files and thousands of texts and options near every limit, sent by the real clients over HTTP.
"""

import tempfile
import threading
import time
from pathlib import Path

from tests.benchmarks.table import Row

TITLE = "Preflight against the simulator's rules"
POSTS, DRAWN, SEED = 1000, 40, 20261120
OURS = ("text", "privacy", "option")  # refused by our client before the simulator could


def rows() -> list[Row]:
    """One row per platform, then all; what was missed is printed in the last column."""
    from django.conf import settings

    from publishing.simulator.app import Simulator
    from publishing.simulator.server import server_for
    from tests.publishing.preflight_cases import Tally, judge
    from tests.publishing.simulator import RunningSimulator

    with tempfile.TemporaryDirectory(prefix="stakazo-preflight-") as folder:
        application = Simulator(Path(folder) / "truth.sqlite3", delay_s=0)
        server = server_for(application, host="127.0.0.1", port=0)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        settings.SIMULATOR_URL = url
        files = Path(folder) / "files"
        files.mkdir()
        tallies = judge(RunningSimulator(url), files, posts=POSTS, drawn=DRAWN, seed=SEED)
        server.should_exit = True
        thread.join(timeout=20)
    whole = Tally()
    for tally in tallies.values():
        whole.posts += tally.posts
        whole.refused += tally.refused
        whole.found += tally.found
        whole.named += tally.named
        whole.strict += tally.strict
        whole.codes += tally.codes
        whole.missed += tally.missed
    found = [_row(name, tally) for name, tally in {**tallies, "all": whole}.items()]
    held = [
        Row(
            f"{name}: held up, though the simulator takes it",
            f"{tally.strict.total()} of {tally.posts - tally.refused}",
            ", ".join(f"{rule} {count}" for rule, count in tally.strict.most_common()),
            f"{tally.strict.total() / max(tally.posts - tally.refused, 1):.1%}",
        )
        for name, tally in tallies.items()
    ]
    reasons = ", ".join(f"{code} {count}" for code, count in whole.codes.most_common())
    return [*found, *held, Row("the words of the refusals", str(len(whole.codes)), reasons, "")]


def _row(name: str, tally: object) -> Row:
    ours = sum(tally.codes[word] for word in OURS)
    missed = "; ".join(f"{file}: {code}" for file, code, _ in tally.missed[:5])
    return Row(
        f"{name}: refused of {tally.posts} posts",
        str(tally.refused),
        f"found before {tally.found}, at the right field {tally.named}"
        + f" ({missed})" * bool(missed)
        + f"; {ours} of them our client would not send",
        f"{tally.found / max(tally.refused, 1):.2%}",
    )
