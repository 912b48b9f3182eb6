"""What is unusual right now, each finding with what was seen, what is usual, and how sure that is.

UNLIKELY is the chance that a quiet house is called unusual by one question; it is shared among the things
that are asked about (Bonferroni), so many job types do not mean many false words.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from ledger.flows import JOB_BEGUN, states_by_entity
from ledger.models import LedgerEvent, LedgerFlow, LedgerHour, LedgerStay, LedgerWorker
from ledger.queries.events import within
from ledger.queries.figures import DONE, FAILED, RETRIED
from ledger.queries.statistics import (
    beta_binomial_tail,
    hampel_distance,
    histogram_limit,
    without_the_worst,
    zero_probability,
)
from ledger.rollups import BINS_PER_DOUBLING, hour_of

UNLIKELY = 0.001
PAST = timedelta(days=14)
DEVIATIONS = 5.0
"""Of a normal distribution one in three million lies beyond."""
FEWEST_FAILURES = 3
FEWEST_STAYS = 20
"""Below that a median of durations says little."""
FLOWS_LOOKED_AT = 200
STARTS_COUNTED = 10_000
SILENT_AT_MOST = timedelta(days=1)


@dataclass(frozen=True)
class Anomaly:
    """One unusual thing.

    kind: failures, retries, stuck, silent. observed and usual are in `unit`. surprise: the probability
    of so much by chance (failures, silent), or the distance in robust deviations (retries, stuck);
    `measure` says which.
    """

    kind: str
    entity_type: str
    entity_id: str
    job_type: str
    since: datetime
    observed: float
    usual: float
    unit: str
    surprise: float
    measure: str
    sentence: str


def anomalies(*, now: datetime | None = None) -> list[Anomaly]:
    """All that is unusual now, by kind."""
    now = now or timezone.now()
    return [
        *failures_above_usual(now=now),
        *retry_storms(now=now),
        *stuck_flows(now=now),
        *silent_workers(now=now),
    ]


def failures_above_usual(*, now: datetime | None = None) -> list[Anomaly]:
    """Job types of which more fail than usual, in the present hour and the one before.

    What is usual comes from the 14 days before, the worst quarter of them left out. Unusual: as many
    failures among as many jobs have a probability below UNLIKELY / number of types
    (`beta_binomial_tail`).
    """
    now = now or timezone.now()
    begin = hour_of(now) - timedelta(hours=1)
    past = _ends_by_day(begin - PAST, begin)
    recent = _ends(begin, now)
    found = []
    for job_type, (done, failed) in sorted(recent.items()):
        if failed < FEWEST_FAILURES:
            continue
        before, tries = without_the_worst((bad, good + bad) for good, bad in past[job_type])
        chance = beta_binomial_tail(failed, done + failed, before=before, before_tries=tries)
        if chance >= UNLIKELY / len(recent):
            continue
        usual = before / tries if tries else 0.5
        found.append(
            Anomaly(
                kind="failures",
                entity_type="job",
                entity_id="",
                job_type=job_type,
                since=begin,
                observed=failed / (done + failed),
                usual=usual,
                unit="share of jobs",
                surprise=chance,
                measure="probability",
                sentence=f"{failed} of {done + failed} {job_type} jobs failed;"
                f" {100 * usual:.1f} % do usually.",
            )
        )
    return found


def retry_storms(*, now: datetime | None = None) -> list[Anomaly]:
    """Job types that are tried again far more often than usual, in one of the last two hours.

    The retries of an hour stand beside those of each hour of the 14 days before; unusual: more than
    DEVIATIONS robust deviations above their median (`hampel_distance`).
    """
    now = now or timezone.now()
    begin = hour_of(now) - timedelta(hours=1)
    hours = int(PAST / timedelta(hours=1))
    rows = LedgerHour.objects.filter(
        event_type=RETRIED, hour__gte=begin - PAST, hour__lte=now
    ).values_list("job_type", "hour", "count")
    past: dict[str, list[float]] = defaultdict(list)
    recent: dict[str, tuple[int, datetime]] = {}
    for job_type, hour, count in rows:
        if hour < begin:
            past[job_type].append(count)
        else:
            recent[job_type] = max(recent.get(job_type, (0, hour)), (count, hour))
    found = []
    for job_type, (count, hour) in sorted(recent.items()):
        counted = past[job_type] + [0] * (hours - len(past[job_type]))
        distance, usual = hampel_distance(count, counted)
        if distance > DEVIATIONS:
            found.append(
                Anomaly(
                    kind="retries",
                    entity_type="job",
                    entity_id="",
                    job_type=job_type,
                    since=hour,
                    observed=count,
                    usual=usual,
                    unit="retries an hour",
                    surprise=distance,
                    measure="robust deviations",
                    sentence=f"{job_type} jobs were tried again {count} times in an hour;"
                    f" {usual:g} times are usual.",
                )
            )
    return found


def stuck_flows(*, now: datetime | None = None) -> list[Anomaly]:
    """Things that are on their way (`ledger.flows`) for far longer than such stays usually take.

    Usual is the median of the logarithms of all stays that ended, unusual what lies DEVIATIONS robust
    deviations above (`histogram_limit`). Kinds of stays of which fewer than FEWEST_STAYS ended say
    nothing yet.
    """
    now = now or timezone.now()
    found: list[Anomaly] = []
    for (entity_type, event_type, job_type), bins in _stays().items():
        if sum(bins.values()) < FEWEST_STAYS:
            continue
        usual_bin, last_bin = histogram_limit(bins, deviations=DEVIATIONS)
        usual_s, limit_s = _seconds(usual_bin + 0.5), _seconds(last_bin + 1)
        if limit_s > 10 * 365 * 86_400:
            continue
        late = LedgerFlow.objects.filter(
            entity_type=entity_type,
            event_type=event_type,
            job_type=job_type,
            since__lt=now - timedelta(seconds=limit_s),
        ).order_by("since")
        for flow in _still_there(late):
            waits_s = (now - flow.since).total_seconds()
            found.append(
                Anomaly(
                    kind="stuck",
                    entity_type=entity_type,
                    entity_id=flow.entity_id,
                    job_type=job_type,
                    since=flow.since,
                    observed=round(waits_s, 3),
                    usual=round(usual_s, 3),
                    unit="seconds",
                    surprise=_deviations(waits_s, bins),
                    measure="robust deviations",
                    sentence=f"{job_type or entity_type} has stood at {event_type} for"
                    f" {_words(waits_s)}; {_words(usual_s)} is usual.",
                )
            )
    return found


def silent_workers(*, now: datetime | None = None) -> list[Anomaly]:
    """Workers that announced themselves, said no goodbye, hold no job, and take none while others do.

    Jobs fall to idle workers alike. Unusual: that none of those that began since fell to it has a
    probability below UNLIKELY / number of workers (`zero_probability`). Told for a day.
    """
    now = now or timezone.now()
    alive = list(
        LedgerWorker.objects.filter(
            Q(stopped_at__isnull=True), last_at__gte=now - SILENT_AT_MOST, last_at__lte=now
        ).order_by("last_at")
    )
    found = []
    for worker in alive:
        busy = LedgerFlow.objects.filter(
            Q(worker_id=worker.worker_id) | Q(worker_id__startswith=f"{worker.worker_id}:"),
            event_type=JOB_BEGUN,
        )
        starts = within(
            LedgerEvent.objects.filter(event_type=JOB_BEGUN), since=worker.last_at, until=now
        )
        begun = starts.order_by()[:STARTS_COUNTED].count()
        chance = zero_probability(begun, among=len(alive))
        if chance >= UNLIKELY / max(len(alive), 1) or busy.exists():
            continue
        silent_s = (now - worker.last_at).total_seconds()
        found.append(
            Anomaly(
                kind="silent",
                entity_type="worker",
                entity_id=worker.worker_id,
                job_type="",
                since=worker.last_at,
                observed=0,
                usual=round(begun / len(alive), 1),
                unit="jobs begun",
                surprise=chance,
                measure="probability",
                sentence=f"{worker.worker_id} has left no trace for {_words(silent_s)}, while"
                f" {begun} jobs began elsewhere.",
            )
        )
    return found


def _ends(begin: datetime, end: datetime) -> dict[str, tuple[int, int]]:
    """job type → (completed, failed)."""
    return {
        row[-3]: (row[-2], row[-1])
        for row in _ended(begin, end)
        .values("job_type")
        .annotate(
            done=Sum("count", filter=Q(event_type=DONE), default=0),
            bad=Sum("count", filter=Q(event_type__in=FAILED), default=0),
        )
        .values_list("job_type", "done", "bad")
    }


def _ends_by_day(begin: datetime, end: datetime) -> dict[str, list[tuple[int, int]]]:
    """job type → (completed, failed) of each stretch of 24 hours back from the end."""
    days: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    rows = _ended(begin, end).values_list("job_type", "hour", "event_type", "count")
    for job_type, hour, event_type, count in rows:
        day = (end - hour - timedelta(hours=1)) // timedelta(days=1)
        days[job_type][day][event_type != DONE] += count
    shown: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for job_type, counted in days.items():
        shown[job_type] = [(done, failed) for done, failed in counted.values()]
    return shown


def _ended(begin: datetime, end: datetime) -> QuerySet[LedgerHour]:
    return LedgerHour.objects.filter(event_type__in=[DONE, *FAILED], hour__gte=begin, hour__lt=end)


def _stays() -> dict[tuple[str, str, str], dict[int, int]]:
    """(entity type, event type, job type) → bin → how many."""
    stays: dict[tuple[str, str, str], dict[int, int]] = defaultdict(dict)
    for row in LedgerStay.objects.values_list(
        "entity_type", "event_type", "job_type", "bin", "count"
    ):
        stays[row[0], row[1], row[2]][row[3]] = row[4]
    return stays


def _still_there(flows: QuerySet[LedgerFlow]) -> Iterator[LedgerFlow]:
    """Those whose newest event is still the one they stand at: the rollups may be a minute behind."""
    for flow in flows[:FLOWS_LOOKED_AT]:
        later = LedgerEvent.objects.filter(
            entity_type=flow.entity_type, entity_id=flow.entity_id, pk__gt=flow.event_id
        )
        if not later.filter(event_type__in=states_by_entity().get(flow.entity_type, ())).exists():
            yield flow


def _seconds(bin_: float) -> float:
    return float(2 ** min(bin_ / BINS_PER_DOUBLING, 60)) / 1000


def _deviations(waits_s: float, bins: dict[int, int]) -> float:
    middle, end = histogram_limit(bins, deviations=1.0)
    place = BINS_PER_DOUBLING * math.log2(max(waits_s * 1000, 1))
    return round((place - middle) / (end - middle), 1)


def _words(seconds: float) -> str:
    """12 s, 3 min, 2.5 h, 4 d."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.1f} s"
