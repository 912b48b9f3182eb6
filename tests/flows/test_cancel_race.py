"""Cancelling while a worker sends: real processes, and the simulator's own truth decides."""

import os

import pytest

from tests.flows.house import House, free_ports

pytestmark = [pytest.mark.any_database, pytest.mark.timeout(1800)]

# A whole number of platforms and of moments.
ROUNDS = int(os.environ.get("ROUNDS", "21"))


def test_what_was_cancelled_is_never_posted_and_what_was_posted_never_cancelled(
    tmp_path, small_video
):
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    house = House(
        tmp_path,
        STAKAZO_SIMULATOR_URL=url,
        STAKAZO_SIMULATOR_WEBHOOK_URL="http://127.0.0.1:9",
        STAKAZO_SIMULATOR_DELAY_S="0",
        STAKAZO_PUBLISH_GAP_S="0",
        STAKAZO_REPUBLISH_DAYS="0",
    )
    (house.var / "log").mkdir(parents=True)
    assert house.manage("migrate", "--verbosity", "0")[0] == 0
    try:
        with (house.var / "log" / "race.log").open("ab") as log:
            said = {"stdout": log, "stderr": log}
            house.start("simulator", "--port", str(port), **said)
            house.until(lambda: house.python(KNOCK.format(url=url)) == "True", "it answers")
            house.python(PREPARE.format(url=url, video=small_video, rounds=ROUNDS))
            canceller = house.start("shell", "--no-imports", "-c", f"{RACERS}; cancel(7)", **said)
            worker = house.start("shell", "--no-imports", "-c", f"{RACERS}; work()", **said)
            assert (worker.wait(timeout=1500), canceller.wait(timeout=60)) == (0, 0), house.log()
        rows = house.rows("SELECT title, status, error FROM publications ORDER BY id")
        ends = {row["title"]: row["status"] for row in rows}
        strange = [row for row in rows if row["status"] not in ("published", "cancelled")]
        posted = [post["caption"] for post in house.posts()]
    finally:
        house.tear_down()
    assert strange == []
    assert len(ends) == ROUNDS
    assert set(ends.values()) == {"published", "cancelled"}
    assert len(posted) == len(set(posted))
    assert set(posted) == {title for title, status in ends.items() if status == "published"}


RACERS = "from tests.publishing.racers import cancel, prepare, work"
KNOCK = (
    "import httpx\n"
    "try:\n    print(httpx.get('{url}/_control/truth', trust_env=False).is_success)\n"
    "except httpx.TransportError:\n    print(False)"
)
PREPARE = RACERS + (
    "\nfrom tests.publishing.simulator import RunningSimulator"
    "\nprepare(RunningSimulator('{url}'), '{video}', {rounds})"
)
