"""The best set of spans, against trying every set."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from media_assets.analysis.choosing.scheduling import best_schedule

SPANS = st.lists(
    st.tuples(
        st.integers(0, 12), st.integers(1, 6), st.integers(0, 20).map(lambda n: n / 20), st.integers(0, 2)
    ),
    min_size=1,
    max_size=9,
)  # fmt: skip


def schedule(spans, count, gain):
    start, length, score, look = (np.array(column) for column in zip(*spans, strict=True))
    return best_schedule(start, start + length, score, look, count=count, new_look_gain=gain)


def apart(spans, rows):
    times = sorted((spans[row][0], spans[row][0] + spans[row][1]) for row in rows)
    return all(a[1] <= b[0] for a, b in itertools.pairwise(times))


def worth(spans, rows, gain):
    return sum(spans[row][2] for row in rows) + gain * len({spans[row][3] for row in rows})


@settings(max_examples=300, deadline=None)
@given(spans=SPANS, count=st.integers(1, 5), gain=st.sampled_from([0.0, 0.1, 0.5]))
def test_no_other_set_is_better(spans, count, gain):
    taken = schedule(spans, count, gain)
    sets = [
        rows
        for size in range(1, count + 1)
        for rows in itertools.combinations(range(len(spans)), size)
        if apart(spans, rows)
    ]
    most = max(map(len, sets))
    best = max(worth(spans, rows, gain) for rows in sets if len(rows) == most)
    assert apart(spans, taken)
    assert len(set(taken)) == len(taken) == most
    assert abs(worth(spans, taken, gain) - best) < 1e-9


def test_two_fair_spans_beat_the_one_that_covers_both():
    spans = [(0, 10, 0.9, 0), (0, 5, 0.6, 0), (5, 5, 0.6, 0)]
    assert schedule(spans, 2, 0.0) == [1, 2]
    assert schedule(spans, 1, 0.0) == [0]


def test_a_new_look_is_worth_its_gain():
    spans = [(0, 5, 0.8, 0), (5, 5, 0.7, 0), (10, 5, 0.65, 1)]
    assert schedule(spans, 2, 0.0) == [0, 1]
    assert schedule(spans, 2, 0.1) == [0, 2]


def test_nothing_to_choose_from_is_no_error():
    none = np.zeros(0, np.int64)
    assert best_schedule(none, none, np.zeros(0), none, count=3, new_look_gain=0.1) == []
