"""What is unusual, said with a probability or a robust distance; no number of ours decides.

All of it is plain arithmetic over counts; the sources are named at each function.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

MAD_TO_SIGMA = 1.4826
"""Of a normal distribution: 1 / the third quartile of the standard one."""


def wilson_interval(successes: int, tries: int, *, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval of a share; (0, 1) without tries. (E. B. Wilson, JASA 22, 1927.)"""
    if tries <= 0:
        return 0.0, 1.0
    share, square = successes / tries, z * z
    middle = (share + square / (2 * tries)) / (1 + square / tries)
    half = (
        z
        / (1 + square / tries)
        * math.sqrt(share * (1 - share) / tries + square / (4 * tries * tries))
    )
    return max(0.0, middle - half), min(1.0, middle + half)


def beta_binomial_tail(seen: int, tries: int, *, before: int, before_tries: int) -> float:
    """P(at least `seen` of `tries`), when `before` of `before_tries` were seen in the past.

    The predictive distribution of a binomial whose share is unknown, with Jeffreys' prior
    Beta(1/2, 1/2): how little the past says is part of it, so three failures after two quiet jobs
    prove nothing. (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.4 and 2.8.)
    """
    if seen <= 0:
        return 1.0
    if seen > tries:
        return 0.0
    alpha, beta = before + 0.5, before_tries - before + 0.5
    whole = _log_beta(alpha, beta)
    terms = (
        math.exp(
            math.lgamma(tries + 1)
            - math.lgamma(k + 1)
            - math.lgamma(tries - k + 1)
            + _log_beta(k + alpha, tries - k + beta)
            - whole
        )
        for k in range(seen, tries + 1)
    )
    return min(1.0, math.fsum(terms))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def without_the_worst(
    periods: Iterable[tuple[int, int]], *, share: float = 0.25
) -> tuple[int, int]:
    """(seen, tries) summed over the past periods, without the share of them that was worst.

    A one-sided trimmed sum (P. J. Huber, Robust Statistics, 1981): an outage of last week does not
    become what is usual. Periods without tries do not count.
    """
    known = sorted(
        ((seen, tries) for seen, tries in periods if tries), key=lambda one: one[0] / one[1]
    )
    kept = known[: math.ceil(len(known) * (1 - share))]
    return sum(seen for seen, _ in kept), sum(tries for _, tries in kept)


def hampel_distance(value: float, past: Sequence[float]) -> tuple[float, float]:
    """(how far above the past's median, in robust standard deviations; that median).

    Hampel's identifier (F. R. Hampel, JASA 69, 1974): median and median absolute deviation instead of
    mean and deviation, so that what was unusual before hides nothing. The scale is never below
    √(median + 1), the deviation of a Poisson count: in a past of zeros the MAD is zero.
    """
    if not past:
        return 0.0, 0.0
    middle = median(past)
    spread = MAD_TO_SIGMA * median(abs(each - middle) for each in past)
    return (value - middle) / max(spread, math.sqrt(middle + 1)), middle


def histogram_limit(bins: Mapping[int, int], *, deviations: float) -> tuple[float, float]:
    """(the usual bin, the last bin that is not unusual) of a histogram over logarithms.

    Median and MAD as in `hampel_distance`, on the logarithm of durations, which spread evenly there.
    The deviation is at least one bin.
    """
    middle = _weighted_median(sorted(bins.items()))
    away = sorted((abs(each - middle), count) for each, count in bins.items())
    spread = max(MAD_TO_SIGMA * _weighted_median(away), 1.0)
    return middle, middle + deviations * spread


def _weighted_median(counted: Sequence[tuple[float, int]]) -> float:
    half = sum(count for _, count in counted) / 2
    passed = 0
    for value, count in counted:
        passed += count
        if passed >= half:
            return value
    return 0.0


def zero_probability(chances: int, *, among: int) -> float:
    """P(nothing for one of `among` equals) when `chances` things fell to them at random.

    The binomial with no success, (1 − 1/n)^N; its 5 % point is the rule of three. (J. A. Hanley,
    A. Lippman-Hand, JAMA 249, 1983.) Alone it is never zero by chance, nor by fault: 1.
    """
    return (1 - 1 / among) ** chances if among > 1 else 1.0
