"""Schemas and rules: the data of preflight, and how one rule is checked."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from publishing.preflight.findings import Finding, Severity
from publishing.preflight.measures import MEASURES
from publishing.preflight.subject import Subject
from publishing.preflight.units import in_words, span_in_words


@dataclass(frozen=True)
class Rule:
    """One limit of a destination.

    measure: a name in `measures.MEASURES`; what it gives for a subject is compared. A measure that gives
    None has nothing to say about that subject. least, most: inclusive, in `unit`; slack: how much more
    than `most` is forgiven. among: the values that are taken; of a list each must be one of them.
    without: characters that are not. needed: there must be something. warns_on_simulator: an error only
    where the post would be a real one. limit: words in place of those made from the numbers.
    """

    name: str
    field: str
    measure: str
    takes: str
    cure: str
    unit: str = ""
    least: float | None = None
    most: float | None = None
    slack: float = 0
    among: tuple[Any, ...] | None = None
    without: str = ""
    needed: bool = False
    limit: str = ""
    severity: Severity = Severity.ERROR
    warns_on_simulator: bool = False

    def check(self, subject: Subject, schema: "Schema") -> Finding | None:
        """What does not fit, or None."""
        value = MEASURES[self.measure](subject)
        if value is None or self._fits(value):
            return None
        severity = self.severity
        if self.warns_on_simulator and not subject.account.live:
            severity = Severity.WARNING
        limit, actual = self.limit_in_words, self._actual(value)
        said = f"; here: {actual}" if actual else ""
        return Finding(
            rule=self.name,
            field=self.field,
            limit=limit,
            actual=actual,
            cure=self.cure,
            severity=severity,
            message=f"{schema.label} takes {self.takes} {limit}{said}. {self.cure}".replace(
                "  ", " "
            ),
        )

    def _fits(self, value: Any) -> bool:
        if self.needed and not value:
            return False
        if self.without and any(sign in self.without for sign in value):
            return False
        if self.among is not None:
            each = value if isinstance(value, list | tuple) else [value]
            if any(one not in self.among for one in each):
                return False
        if self.least is not None and value < self.least:
            return False
        return self.most is None or value <= self.most + self.slack

    def _actual(self, value: Any) -> str:
        if self.without:
            return " ".join(sorted({repr(sign) for sign in value if sign in self.without}))
        if self.among is not None and isinstance(value, list | tuple):
            value = [one for one in value if one not in self.among]
        return in_words(value, self.unit)

    @property
    def limit_in_words(self) -> str:
        """What is taken, with its unit."""
        if self.limit or self.needed:
            return self.limit
        if self.without:
            return "without " + " or ".join(sorted(self.without))
        if self.among is not None:
            return ", ".join(str(one) for one in self.among)
        return span_in_words(self.least, self.most, self.unit)


@dataclass(frozen=True)
class Schema:
    """The rules of one destination, as its platform published them by a day.

    version: that day, with `.2` and so on where the rules changed for another reason. It is written on
    each publication that was checked, so whoever changes a rule gives the schema a new one.
    """

    name: str
    platform: str
    label: str
    version: str
    as_of: date
    sources: tuple[str, ...]
    rules: tuple[Rule, ...]

    @property
    def ref(self) -> str:
        """Name and version, as a publication keeps them."""
        return f"{self.name}@{self.version}"

    @property
    def digest(self) -> str:
        """Of all rules: another digest under the same version is a mistake."""
        data = json.dumps([asdict(rule) for rule in self.rules], sort_keys=True, default=str)
        return hashlib.sha256(data.encode()).hexdigest()

    def rule(self, name: str) -> Rule:
        """By name. Raises KeyError."""
        return {each.name: each for each in self.rules}[name]

    def also(self, name: str, label: str, *rules: Rule, without: Iterable[str] = ()) -> "Schema":
        """A destination of the same platform: these rules in place of those with the same name."""
        gone = {rule.name for rule in rules} | set(without)
        kept = tuple(rule for rule in self.rules if rule.name not in gone)
        return replace(self, name=name, label=label, rules=(*kept, *rules))
