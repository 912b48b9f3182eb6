"""What a platform would refuse, found before it is asked. Pure: facts in, findings out.

One schema per destination (`destinations`), each a dated list of rules as data; `measures` says what a
rule looks at, `findings` what it answers. Who asks, and when: `publishing.services.checking`.
"""

from publishing.preflight.destinations import SCHEMAS, schema_of
from publishing.preflight.findings import Finding, Severity
from publishing.preflight.schema import Rule, Schema
from publishing.preflight.subject import DECLARATIONS, AccountFacts, Subject

__all__ = [
    "DECLARATIONS",
    "SCHEMAS",
    "AccountFacts",
    "Finding",
    "Rule",
    "Schema",
    "Severity",
    "Subject",
    "findings_of",
    "schema_of",
]


def findings_of(subject: Subject) -> tuple[Schema, list[Finding]]:
    """The schema of the destination, and everything that it finds; nothing: the platform would take it."""
    schema = schema_of(subject)
    return schema, [
        found for rule in schema.rules if (found := rule.check(subject, schema)) is not None
    ]
