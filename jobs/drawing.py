"""What of jobs is drawn: the machine of states, and the last hour of a queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.machine import Machine

BOX_PX, ROW_PX, GAP_PX = (124, 34), 52, 150
MINUTE_PX, BAR_PX, SPARK_PX = 2, 1.5, 26


def mermaid_of(machine: Machine[Any], *, start: str) -> str:
    """The table of moves as a mermaid state diagram, in the order of the table.

    start: the state of a new row.
    """
    lines = ["stateDiagram-v2", f"    [*] --> {start}"]
    order = list(machine.moves)
    for state in order:
        ways = machine.moves[state]
        lines += [f"    {state} --> {to}" for to in order if to in ways]
        if not ways:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines)


def states_in_words(machine: Machine[Any]) -> list[tuple[str, str, list[str]]]:
    """(state, what it means, states it may move into), in the order of the table."""
    return [
        (state, machine.sentences[state], sorted(ways)) for state, ways in machine.moves.items()
    ]


@dataclass(frozen=True)
class Box:
    """A state: its upper left corner and its middle, in pixels; may_be_next: one move from here."""

    state: str
    sentence: str
    x: float
    y: float
    here: bool
    may_be_next: bool

    @property
    def middle(self) -> tuple[float, float]:
        """The centre of the box."""
        return self.x + BOX_PX[0] / 2, self.y + BOX_PX[1] / 2


@dataclass(frozen=True)
class Arrow:
    """A move, as the d of an SVG path; both: the table has the way back too."""

    before: str
    after: str
    path: str
    from_here: bool
    both: bool


@dataclass(frozen=True)
class Picture:
    """A machine, ready to be drawn; sizes in pixels."""

    width: float
    height: float
    box_px: tuple[int, int]
    boxes: list[Box]
    arrows: list[Arrow]


def picture_of(machine: Machine[Any], *, here: str = "") -> Picture:
    """The table of moves as boxes and arrows: in the middle the state with the most ways, to its left
    those that lead into it, to its right the others.

    here: the state to be marked; moves from it are marked too.
    """
    moves = {state: machine.moves.get(state, frozenset()) for state in machine.moves}
    hub = max(moves, key=lambda state: len(moves[state]))
    columns = [
        [state for state in moves if state != hub and hub in moves[state]],
        [hub],
        [state for state in moves if state != hub and hub not in moves[state]],
    ]
    tallest = max(map(len, columns))
    boxes: dict[str, Box] = {}
    for place, column in enumerate(columns):
        top = ROW_PX * (tallest - len(column)) / 2
        for row, state in enumerate(column):
            x, y = place * (BOX_PX[0] + GAP_PX) + 2, top + row * ROW_PX + ROW_PX
            next_one = state in moves.get(here, ())
            boxes[state] = Box(state, machine.sentences[state], x, y, state == here, next_one)
    height = (tallest + 2) * ROW_PX - (ROW_PX - BOX_PX[1])
    arrows = [
        Arrow(before, after, _way(boxes[before], boxes[after], height), before == here, back)
        for before, ways in moves.items()
        for after in moves
        if after in ways
        # Ways there and back are one line with two heads; the one from here is drawn.
        for back in [before in moves[after]]
        if not back or before == here or (after != here and before < after)
    ]
    return Picture(3 * BOX_PX[0] + 2 * GAP_PX + 4, height, BOX_PX, list(boxes.values()), arrows)


def _way(a: Box, b: Box, height: float) -> str:
    """From box a to box b: straight to a neighbour, around the middle to the far side."""
    (ax, ay), (bx, by) = a.middle, b.middle
    half_w, half_h = BOX_PX[0] / 2, BOX_PX[1] / 2
    if ax == bx:
        down = 1 if by > ay else -1
        return f"M{ax:g} {ay + down * half_h:g}L{bx:g} {by - down * half_h:g}"
    side = 1 if bx > ax else -1
    x1, x2 = ax + side * half_w, bx - side * half_w
    bend = GAP_PX / 2
    if abs(bx - ax) < 2 * (BOX_PX[0] + GAP_PX):
        return (
            f"M{x1:g} {ay:g}C{x1 + side * bend:g} {ay:g} {x2 - side * bend:g} {by:g} {x2:g} {by:g}"
        )
    # Onwards below the middle, backwards above it.
    y = height + ROW_PX / 4 if side > 0 else -ROW_PX / 4
    far = side * GAP_PX
    return f"M{x1:g} {ay:g}C{x1 + far:g} {y:g} {x2 - far:g} {y:g} {x2:g} {by:g}"


@dataclass(frozen=True)
class Sparkline:
    """An hour by minute as two SVG paths: what went well, and on top of it what failed."""

    width: int
    height: int
    done: str
    failed: str
    busiest: int


def sparkline(done: Sequence[int], failed: Sequence[int]) -> Sparkline:
    """Bars of equal length series, scaled to the busiest minute; one job is at least two pixels."""
    busiest = max(map(sum, zip(done, failed, strict=True)), default=0)
    scale = SPARK_PX / (busiest or 1)
    good, bad = [], []
    for place, (n, m) in enumerate(zip(done, failed, strict=True)):
        x, failed_px = place * MINUTE_PX, max(m * scale, 2.0) if m else 0.0
        done_px = min(max(n * scale, 2.0), SPARK_PX - failed_px) if n else 0.0
        if n:
            good.append(_bar(x, SPARK_PX - done_px, done_px))
        if m:
            bad.append(_bar(x, SPARK_PX - done_px - failed_px, failed_px))
    return Sparkline(len(done) * MINUTE_PX, SPARK_PX, "".join(good), "".join(bad), busiest)


def _bar(x: float, y: float, height: float) -> str:
    return f"M{x} {y:.1f}h{BAR_PX}v{height:.1f}h-{BAR_PX}z"
