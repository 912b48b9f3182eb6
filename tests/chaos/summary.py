"""What all runs together say, as one JSON object and as words."""

from collections import Counter
from dataclasses import dataclass, field


def percentile(values, share):
    """The value below which this share lies; None of nothing."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else None


@dataclass
class Summary:
    """Adds up runs. bound_s: within which a job of a dead worker should be tried again."""

    database: str
    bound_s: float
    told: list = field(default_factory=list)

    def as_json(self):
        """One object."""
        injuries, ends, outcomes, said = Counter(), Counter(), Counter(), Counter()
        repairs, faults, replaced = [], Counter(), Counter()
        for each in self.told:
            injuries += each.injuries
            ends += each.ends
            outcomes += each.outcomes
            said += each.said
            replaced += each.replaced
            repairs += each.repairs_s
            faults += Counter(getattr(fault, "kind", "stuck") for fault in each.faults)
        jobs = sum(each.jobs for each in self.told)
        attempts = sum(each.attempts for each in self.told)
        natural = sum(each.natural for each in self.told)
        return {
            "database": self.database,
            "runs": len(self.told),
            "seeds": [each.seed for each in self.told],
            "injections": injuries.total(),
            "injections_by_kind": dict(injuries.most_common()),
            "jobs": jobs,
            "ends": dict(ends),
            "attempts": attempts,
            "outcomes": dict(outcomes),
            "attempts_per_job": round((attempts - natural) / jobs, 3) if jobs else None,
            "lost": faults["lost"] + faults["stuck"],
            "doubled": faults["doubled"],
            "faults": dict(faults),
            "repairs": len(repairs),
            "noticed_s_p50": percentile([noticed for noticed, _ in repairs], 0.5),
            "noticed_s_p95": percentile([noticed for noticed, _ in repairs], 0.95),
            "tried_again_s_p50": percentile([again for _, again in repairs], 0.5),
            "tried_again_s_p95": percentile([again for _, again in repairs], 0.95),
            "bound_s": self.bound_s,
            "tried_again_within_bound": sum(again <= self.bound_s for _, again in repairs),
            "database_is_locked": said["database is locked"],
            "disk_is_full": said["disk is full"],
            "clusters_replaced": dict(replaced),
            "supervisor_rounds_failed": said["A round of the supervisor failed"],
            "events_spooled": sum(each.spooled for each in self.told),
            "seconds": round(sum(each.seconds for each in self.told), 1),
        }

    def words(self):
        """Some lines for people."""
        facts = self.as_json()
        kinds = ", ".join(f"{n} {kind}" for kind, n in facts["injections_by_kind"].items())
        ends = ", ".join(f"{count} {end}" for end, count in facts["ends"].items())
        return "\n".join(
            [
                f"{facts['database']}: {facts['runs']} runs in {facts['seconds']} s,"
                f" {facts['injections']} injections ({kinds or 'none'})",
                f"{facts['jobs']} jobs: {ends}; {facts['attempts_per_job']} attempts per job"
                f" that were not asked for by the job itself",
                f"{facts['lost']} lost, {facts['doubled']} doubled, all faults: {facts['faults']}",
                f"a dead worker was noticed after {facts['noticed_s_p50']} s (p50),"
                f" {facts['noticed_s_p95']} s (p95), its job tried again after"
                f" {facts['tried_again_s_p50']} s (p50), {facts['tried_again_s_p95']} s (p95);"
                f" {facts['tried_again_within_bound']} of {facts['repairs']} within"
                f" {facts['bound_s']} s",
                f"{facts['clusters_replaced']} clusters replaced,"
                f" {facts['database_is_locked']} × database is locked,"
                f" {facts['disk_is_full']} × disk is full,"
                f" {facts['events_spooled']} events by way of the spool",
            ]
        )
