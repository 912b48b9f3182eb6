"""The judge: reads a history and names whatever must not be in it. Knows no Django, changes nothing."""

from collections import Counter, defaultdict
from dataclasses import dataclass

ENDED = {"completed", "failed", "dead", "cancelled"}
EFFECTIVE = "completed"
STEPS = {f"step{number}" for number in range(3)}


@dataclass(frozen=True)
class Fault:
    """One thing that must not be. kind: lost, doubled, untold, illegal, stuck, leaked or wrong."""

    kind: str
    what: str
    words: str

    def __str__(self):
        return f"{self.kind}: {self.what}: {self.words}"


def judge(history, *, moves, created_in):
    """Every fault of the history, worst kinds first.

    moves: state → states it may move into (the JOB machine). created_in: states a new job may have.
    """
    faults = [
        *_orders(history),
        *_ends(history),
        *_effects(history),
        *_outside_log(history),
        *_files(history),
        *_posts(history),
        *_children(history),
        *_told(history, moves, created_in),
        *_tries(history),
        *(Fault("leaked", "process", words) for words in history.processes_left),
    ]
    return _sorted(faults)


def judge_lives(history, *, moves, created_in):
    """As `judge`, of jobs of any type: only what rows, tries and ledger say of their lives."""
    return _sorted([*_ends(history), *_told(history, moves, created_in), *_tries(history)])


def _sorted(faults):
    order = ["lost", "doubled", "illegal", "untold", "stuck", "wrong", "leaked"]
    return sorted(faults, key=lambda fault: order.index(fault.kind))


def _orders(history):
    """Whatever was enqueued is there."""
    for line in history.enqueued:
        if line["job"] not in history.jobs:
            yield Fault("lost", line["order"], f"job {line['job']} was enqueued and is gone")
    live = Counter(
        job.dedup_key for job in history.jobs.values() if job.dedup_key and job.status not in ENDED
    )
    for key, count in live.items():
        if count > 1:
            yield Fault("doubled", key, f"{count} live jobs have this dedup_key")


def _ends(history):
    for job in history.jobs.values():
        if job.status == "processing" and not job.leased:
            yield Fault("stuck", _name(job), "processing without a live lease")
        elif job.status not in ENDED:
            yield Fault("lost", _name(job), f"never ended, is {job.status}")
        expected = {"trial_give_up": {"failed"}, "trial_doomed": {"dead"}, "trial_poison": {"dead"}}
        allowed = expected.get(job.job_type, {"completed"}) | {"cancelled", "dead"}
        if job.status in ENDED - allowed:
            yield Fault("wrong", _name(job), f"ended as {job.status}")
        if job.status == "dead" and job.attempt < job.max_attempts:
            yield Fault(
                "wrong", _name(job), f"dead after {job.attempt} of {job.max_attempts} tries"
            )


def _effects(history):
    """Each effect once for a completed job, by the try that completed it; none for the others."""
    by_job = defaultdict(list)
    for job, token, kind in history.effects:
        by_job[job].append((token, kind))
    for job_id in by_job.keys() - history.jobs.keys():
        yield Fault("wrong", job_id, "an effect of a job that is not there")
    for job in history.jobs.values():
        kinds = Counter(kind for _, kind in by_job[job.id])
        for kind, count in kinds.items():
            if count > 1:
                yield Fault("doubled", _name(job), f"{count} × {kind}")
        winners = [token for token, outcome in job.attempts if outcome == "done"]
        if job.status == EFFECTIVE:
            wanted = {"done"} | (STEPS if job.job_type == "trial_steps" else set())
            for kind in wanted - kinds.keys():
                yield Fault("lost", _name(job), f"completed without {kind}")
            for token, kind in by_job[job.id]:
                if kind == "done" and winners != [token]:
                    yield Fault("wrong", _name(job), f"effect of try {token}, done by {winners}")
        elif kinds["done"]:
            yield Fault("doubled", _name(job), f"{job.status}, and yet it took effect")


def _outside_log(history):
    """The log outside says the same: committed at most once, and never without having been done."""
    did = {(line["job"], line["token"]) for line in history.did}
    told = Counter(line["job"] for line in history.committed)
    rows = {(job, token) for job, token, kind in history.effects if kind == "done"}
    for job_id, count in told.items():
        if count > 1:
            yield Fault("doubled", job_id, f"the log outside has {count} commits")
    for line in history.committed:
        if (line["job"], line["token"]) not in rows:
            yield Fault("lost", line["job"], f"try {line['token']} committed and its row is gone")
    for row in rows - did:
        yield Fault("wrong", row[0], f"try {row[1]} has a row and no line outside")


def _files(history):
    done = {job.order: job for job in history.jobs.values() if job.job_type == "trial_file"}
    winner = {job: token for job, token, kind in history.effects if kind == "done"}
    for order, job in done.items():
        if job.status == EFFECTIVE:
            if order not in history.files:
                yield Fault("lost", _name(job), "completed, and its file is not there")
            elif history.files[order] != (winner.get(job.id), job.id):
                yield Fault("wrong", _name(job), f"its file is of try {history.files[order]}")
        elif order in history.files:
            yield Fault("leaked", _name(job), f"{job.status}, and yet its file is there")
    for order in history.files.keys() - done.keys():
        yield Fault("leaked", order, "a file that no job wanted")
    made_at = {line["file"]: line["at_s"] for line in history.parts}
    for part in history.parts_left:
        order, token, _ = part.rsplit(".", 2)
        later = [
            line["at_s"]
            for line in history.begun
            if order in done and line["job"] == done[order].id and line["token"] > int(token)
        ]
        # Only a try that wakes up when a later one has begun may leave something if it is killed.
        if not later or made_at.get(part, 0) < min(later):
            yield Fault("leaked", part, "a passing file that nobody took away")


def _posts(history):
    """One post for each completed call; a call is repeated only by who has asked before."""
    made, calls = Counter(), defaultdict(list)
    for line in history.calls:
        calls[line["job"]].append(line)
        made[line["job"]] += line["made"]
    for job in (job for job in history.jobs.values() if job.job_type == "trial_call"):
        if made[job.id] > 1:
            yield Fault("doubled", _name(job), f"{made[job.id]} posts")
        if job.status == EFFECTIVE and not (made[job.id] and history.intents.get(job.id)):
            yield Fault("lost", _name(job), "completed without a post")
        yield from _repeated(job, calls[job.id])


def _repeated(job, calls):
    """Who posts after another did must have looked; a try that was overtaken may be late."""
    newest, looked = 0, set()
    for line in calls:
        if line["what"] == "look":
            looked.add(line["token"])
        elif line["what"] == "post":
            token = line["token"]
            if newest and token >= newest and token not in looked:
                yield Fault("doubled", _name(job), f"try {token} called again and had not asked")
            newest = max(newest, token)


def _children(history):
    """Jobs that jobs enqueue: two for each completed parent, none for the others."""
    counts = Counter((job.parent, job.order) for job in history.jobs.values() if job.parent)
    for (parent, order), count in counts.items():
        if count > 1:
            yield Fault("doubled", order, f"{count} jobs under this name")
        if history.jobs[parent].status != EFFECTIVE:
            yield Fault("wrong", order, f"its parent is {history.jobs[parent].status}")
    for job in history.jobs.values():
        if job.job_type == "trial_parent" and job.status == EFFECTIVE:
            there = {order for parent, order in counts if parent == job.id}
            for order in {f"{job.order}/0", f"{job.order}/1"} - there:
                yield Fault("lost", order, "its parent completed and it is not there")


def _told(history, moves, created_in):
    """The ledger tells the life of each row: no move is missing, none is illegal."""
    for job in history.jobs.values():
        told = history.moves.get(job.id, [])
        births = [move for move in told if move == ("", "")]
        if len(births) != 1:
            kind = "doubled" if births else "untold"
            yield Fault(kind, _name(job), f"{len(births)} creations in the ledger")
        steps = [move for move in told if move != ("", "")]
        for before, after in steps:
            if after not in moves.get(before, ()):
                yield Fault("illegal", _name(job), f"{before} → {after}")
        if not any(_is_a_way(steps, start, job.status) for start in created_in):
            yield Fault("untold", _name(job), f"no way to {job.status} in {steps}")
        begun = sum(after == "processing" for _, after in steps)
        if begun != len(job.attempts):
            yield Fault("untold", _name(job), f"{begun} starts told, {len(job.attempts)} tries")


def _is_a_way(steps, start, end):
    """Whether these moves, each used once, lead from start to end in some order.

    In some order, for ids of events made by two processes in one millisecond do not sort.
    """
    balance = Counter()
    for before, after in steps:
        balance[before] += 1
        balance[after] -= 1
    balance[start] -= 1
    balance[end] += 1
    if any(balance.values()):
        return False
    reached, fresh = set(), {start}
    while fresh:
        reached |= fresh
        fresh = {after for before, after in steps if before in reached} - reached
    return all(before in reached for before, _ in steps)


def _tries(history):
    """Each try has a token of its own and an end, and no more tries began than were claimed."""
    begun = Counter((line["job"], line["token"]) for line in history.begun)
    for job in history.jobs.values():
        tokens = [token for token, _ in job.attempts]
        if tokens != list(range(1, job.token + 1)):
            yield Fault("untold", _name(job), f"tokens {tokens}, the row has {job.token}")
        if job.status in ENDED:
            for token, outcome in job.attempts:
                if outcome == "running":
                    yield Fault("untold", _name(job), f"try {token} has no end")
        for token in tokens:
            if begun[job.id, token] > 1:
                yield Fault(
                    "doubled", _name(job), f"try {token} began {begun[job.id, token]} times"
                )


def _name(job):
    return f"{job.job_type} {job.order} ({job.id})"
