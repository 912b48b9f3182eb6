"""The watch page shows rooms that telemetry may not know: each of those hangs its section here."""

from collections.abc import Callable
from typing import Any

Section = Callable[[], dict[str, Any]]

SECTIONS: dict[str, Section] = {}


def on_the_board(name: str) -> Callable[[Section], Section]:
    """Add what this function answers (one query, plain JSON data) to every telemetry snapshot."""

    def hang(section: Section) -> Section:
        if name in SECTIONS:
            raise ValueError(f"the board has two sections called {name}")
        SECTIONS[name] = section
        return section

    return hang
