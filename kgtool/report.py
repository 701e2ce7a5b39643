"""What is wrong, one shape whoever found it: a Finding, and a Report of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from kgtool.errors import Place

SEVERITIES = ("violation", "warning", "info")


@dataclass(frozen=True)
class Finding:
    """One thing a shape, check query, passage or identifier check has to say about one subject.

    ``rule`` names who found it (``shape claim``, ``check claim-against-itself``, ``passages`` …), ``subject``,
    ``path``, ``value``, ``component`` and ``shape`` are absolute IRIs or literal text, empty where they do not apply.
    """

    severity: str
    rule: str
    subject: str
    message: str
    remedy: str = ""
    place: Place | None = None
    path: str = ""
    value: str = ""
    component: str = ""
    shape: str = ""

    @property
    def key(self) -> tuple[int, str, Place, str, str, str]:
        """Sorts the worst first, then by rule and place."""
        return (SEVERITIES.index(self.severity), self.rule, self.place or Place(""), self.subject, self.path, self.value)


@dataclass(frozen=True)
class Unfinished:
    """How far a run came that was cut short: the shapes that are judged, and those that are not to their end, with why."""

    judged: tuple[str, ...]
    unjudged: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Report:
    """Findings of one run, sorted, with what was looked at so that an empty report says what it covers.

    ``covered`` maps what was looked at to how many: ``{"shapes": 14, "focus nodes": 310, "passages": 53}``.
    """

    findings: tuple[Finding, ...] = ()
    covered: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unfinished: Unfinished | None = None

    @classmethod
    def of(cls, findings: Iterable[Finding], covered: dict[str, int] | None = None, notes: Iterable[str] = ()) -> Report:
        return cls(tuple(sorted(findings, key=lambda f: f.key)), covered or {}, tuple(notes))

    def __add__(self, other: Report) -> Report:
        return Report.of(self.findings + other.findings, {**self.covered, **other.covered}, self.notes + other.notes)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each severity, all three always present."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in SEVERITIES}

    @property
    def conforms(self) -> bool:
        """No violation; warnings and notes do not break a graph."""
        return not self.counts["violation"]
