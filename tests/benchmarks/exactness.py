"""Random cuts of every kind of film: wrong frames, and how far off the sound is."""

import os
import statistics
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.benchmarks.table import Row
from tests.exact_cuts import KINDS, cut, make_film, random_spans

TITLE = "Exactness"
CUTS = int(os.environ.get("EXACT_CUTS", "1000"))


def rows():
    """A row per kind of film, and one for all."""
    made, table = [], []
    with tempfile.TemporaryDirectory(prefix="stakazo-exact-") as name:
        for number, kind in enumerate(KINDS):
            share = CUTS // len(KINDS) + (number < CUTS % len(KINDS))
            film = make_film(Path(name), kind)
            cuts = _cuts(film, random_spans(film, share, seed=number), Path(name))
            table.append(_row(kind, cuts))
            made += cuts
    return [*table, _row("all", made)]


def _cuts(film, spans, folder):
    def one(numbered):
        number, (start_ms, end_ms) = numbered
        own = folder / f"{film.path.stem}-{number}"
        own.mkdir()
        return cut(film, start_ms, end_ms, own)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, enumerate(spans)))


def _row(kind, cuts):
    frames = sum(len(each.wanted) for each in cuts)
    wrong = sum(each.wrong for each in cuts)
    bad = sum(each.wrong > 0 for each in cuts)
    told = sum(each.declared != len(each.shown) for each in cuts)
    lags = [abs(each.lag_ms) for each in cuts]
    return Row(
        f"{len(cuts)} random cuts of {kind}",
        f"{wrong} wrong frames of {frames}, in {bad} cuts; declared ≠ decoded in {told}",
        f"sound off by {statistics.median(lags):.2f} ms (median), {max(lags):.1f} ms (most); limit 25",
        "–",
    )
