"""A Machine as a picture: for the docs, and for whoever asks what a state means."""

from typing import Any

from ledger.machine import Machine


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
