"""Work that happens at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def all_at_once(*works):
    """Run these at the same moment, each on its own connection; raises what the first one raised."""
    gate = threading.Barrier(len(works))

    def run(work):
        try:
            gate.wait(30)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result() for done in [pool.submit(run, work) for work in works]]
