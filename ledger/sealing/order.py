"""Which of a sequence stand in the wrong place."""

from bisect import bisect_left
from collections.abc import Sequence


def out_of_order(ranks: Sequence[int]) -> list[int]:
    """The fewest indices whose elements must move to make these distinct numbers ascend.

    What stays is a longest ascending subsequence (patience sorting, O(n log n)).
    """
    tops: list[int] = []  # the smallest last element of an ascending run of each length
    at: list[int] = []  # where that element is
    before: list[int] = []  # which index goes before each
    for index, rank in enumerate(ranks):
        length = bisect_left(tops, rank)
        before.append(at[length - 1] if length else -1)
        tops[length : length + 1] = [rank]
        at[length : length + 1] = [index]
    stays = set()
    index = at[-1] if at else -1
    while index >= 0:
        stays.add(index)
        index = before[index]
    return [index for index in range(len(ranks)) if index not in stays]
