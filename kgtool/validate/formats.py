"""A report as people and programs read it: plain text, JSON, SARIF for editors, or a SHACL validation report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

from kgtool import rdf
from kgtool.errors import Place, WrongUse, printable
from kgtool.report import Finding, Report, Unfinished
from kgtool.terms import DERIVED, RDF, RDFS, SH, XSD, Prefixes, did_you_mean, digest

Names = Callable[[str], str]
"""How an absolute IRI or a literal's text is shown: ``HP:0001257 (Spasticity)``."""


def write(report: Report, names: Names, format: str, limit: int | None = 3) -> str:
    """The report in one of FORMATS. Only the text leaves findings out: those beyond ``limit`` of a rule, counted."""
    if format == "text":
        return text(report, names, limit)
    if format not in FORMATS:
        known = f"reports are written as {', '.join(FORMATS)}"
        raise WrongUse("; ".join(filter(None, [f"no report format {format!r}", did_you_mean(format, FORMATS), known])))
    return FORMATS[format](report, names)


def text(report: Report, names: Names, limit: int | None = 3) -> str:
    """Summary, then the findings rule by rule, the worst rule first, then the notes."""
    lines = [_summary(report)]
    if report.unfinished:
        lines += ["", *map(printable, unjudged(report.unfinished, names)), _judged(report.unfinished, names)]
    for rule, findings in by_rule(report.findings):
        lines += ["", f"{printable(rule)}: {counted(Report(findings))}"]
        shown = findings[:limit]
        lines += (f"  {line}" for finding in shown for line in _told(finding, names))
        if len(shown) < len(findings):
            lines.append(f"  … and {len(findings) - len(shown)} more; --all shows them")
    if report.notes:
        lines += ["", *(f"note: {printable(note)}" for note in report.notes)]
    return "\n".join(lines) + "\n"


def unjudged(unfinished: Unfinished, names: Names) -> list[str]:
    """A sentence on the shapes that are not judged, for each reason."""
    why: dict[str, list[str]] = {}
    for shape, reason in unfinished.unjudged:
        why.setdefault(reason, []).append(names(shape))
    return [f"not judged, or not to the end: {', '.join(shapes)}: {reason}" for reason, shapes in why.items()]


def _judged(unfinished: Unfinished, names: Names) -> str:
    return f"judged to the end: {printable(', '.join(map(names, unfinished.judged))) or 'no shape'}"


def _summary(report: Report) -> str:
    seen = covered(report.covered)
    if report.unfinished:
        judged, left = len(report.unfinished.judged), len(report.unfinished.unjudged)
        so_far = f"{judged} of {_number(judged + left, 'shapes')} judged, {counted(report) or 'no findings'} so far"
        return f"unfinished: {so_far}" + (f"; looked at {seen}" if seen else "")
    if not report.findings:
        return f"{seen or 'nothing was looked at'}: no findings"
    verdict = "conforms" if report.conforms else "does not conform"
    return f"{verdict}: {counted(report)}" + (f"; looked at {seen}" if seen else "")


def covered(covered: dict[str, int]) -> str:
    """
    >>> covered({"shapes": 14, "focus nodes": 310, "checks": 1})
    '14 shapes over 310 focus nodes, 1 check'
    """
    said = {what: _number(count, what) for what, count in covered.items()}
    if "shapes" in said and "focus nodes" in said:
        said["shapes"] += f" over {said.pop('focus nodes')}"
    return ", ".join(said.values())


def _number(count: int, plural: str) -> str:
    if count != 1:
        return f"{count:,} {plural}"
    return "1 " + (plural.removesuffix("ies") + "y" if plural.endswith("ies") else plural.removesuffix("s"))


def counted(report: Report) -> str:
    plurals = {"violation": "violations", "warning": "warnings", "info": "infos"}
    return ", ".join(_number(count, plurals[severity]) for severity, count in report.counts.items() if count)


def by_rule(findings: Iterable[Finding]) -> list[tuple[str, tuple[Finding, ...]]]:
    """The rule with the most violations first, then by warnings, infos and name."""
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(finding.rule, []).append(finding)
    reports = sorted(
        (Report(tuple(found)) for found in grouped.values()),
        key=lambda report: ([-count for count in report.counts.values()], report.findings[0].rule),
    )
    return [(report.findings[0].rule, report.findings) for report in reports]


def _told(finding: Finding, names: Names) -> Iterator[str]:
    place = f"{finding.place}: " if finding.place else ""
    yield printable(f"{place}{finding.severity}: {finding.message}")
    details = {
        "subject": finding.subject and names(finding.subject),
        "path": finding.path and names(finding.path),
        "found": finding.value and names(finding.value),
        "remedy": finding.remedy,
    }
    yield from (f"  {detail}: {printable(said)}" for detail, said in details.items() if said)


def to_json(report: Report, names: Names) -> str:
    """The whole report as one JSON object; what does not apply to a finding is null."""
    return _json({
        "conforms": None if report.unfinished and not report.findings else report.conforms,
        "counts": report.counts,
        "covered": report.covered,
        "notes": report.notes,
        "unfinished": _how_far(report.unfinished, names) if report.unfinished else None,
        "findings": [_record(finding, names) for finding in report.findings],
    })


def _how_far(unfinished: Unfinished, names: Names) -> dict[str, object]:
    left = [{"shape": shape, "shape_shown": names(shape), "why": why} for shape, why in unfinished.unjudged]
    return {"judged": unfinished.judged, "unjudged": left}


def _json(content: dict[str, object]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _record(finding: Finding, names: Names) -> dict[str, str | int | None]:
    place = finding.place or Place("")
    return {
        "severity": finding.severity,
        "rule": finding.rule,
        "file": place.file or None,
        "line": place.line or None,
        "column": place.column or None,
        "subject": finding.subject or None,
        "subject_shown": names(finding.subject) if finding.subject else None,
        "path": finding.path or None,
        "value": finding.value or None,
        "message": finding.message,
        "remedy": finding.remedy or None,
        "component": finding.component or None,
        "shape": finding.shape or None,
    }


_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}


def sarif(report: Report, names: Names) -> str:
    """SARIF 2.1.0, which editors and code hosts show beside the lines of the files.

    https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
    """
    rules = [rule for rule, _ in by_rule(report.findings)]
    index = {rule: number for number, rule in enumerate(rules)}
    return _json({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "kgtool", "rules": [{"id": rule} for rule in rules]}},
            "columnKind": "unicodeCodePoints",
            "results": [_result(finding, names, index[finding.rule]) for finding in report.findings],
            "properties": {"covered": report.covered, "notes": report.notes},
        } | ({"invocations": [_cut_short(report.unfinished, names)]} if report.unfinished else {})],
    })


def _cut_short(unfinished: Unfinished, names: Names) -> dict[str, object]:
    said = [*unjudged(unfinished, names), _judged(unfinished, names)]
    notified = [{"level": level, "message": {"text": _message_string(text)}} for level, text in zip(
        [*["error"] * (len(said) - 1), "note"], said, strict=True)]
    return {"executionSuccessful": False, "toolExecutionNotifications": notified}


def _result(finding: Finding, names: Names, rule_index: int) -> dict[str, object]:
    about = f"{names(finding.subject)}: " if finding.subject else ""
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _message_string(about + _with_remedy(finding))},
        "properties": {"subject": finding.subject, "path": finding.path, "value": finding.value},
    }
    return result | ({"locations": [_location(finding.place)]} if finding.place else {})


def _message_string(said: str) -> str:
    # Braces are placeholders unless doubled, and "[text](target)" would become a link chosen by whoever wrote the data.
    # https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html section 3.11
    return said.replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _location(place: Place) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": {"uri": quote(place.file)}}
    if place.line:
        physical["region"] = {"startLine": place.line} | ({"startColumn": place.column} if place.column else {})
    return {"physicalLocation": physical}


def _with_remedy(finding: Finding) -> str:
    return "; ".join(filter(None, (finding.message, finding.remedy)))


_PREFIXES = Prefixes({"sh": SH, "rdfs": RDFS, "xsd": XSD, "derived": DERIVED})
_IRI = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|urn:)\S+\Z")


def turtle(report: Report, names: Names) -> str:
    """The W3C's validation report. Nodes are named by content, so equal reports give equal bytes.

    https://www.w3.org/TR/shacl/#validation-report
    """
    return rdf.write(_report_quads(report), RdfFormat.TURTLE, _PREFIXES).decode()


def _report_quads(report: Report) -> Iterator[Quad]:
    results = [_result_node(finding) for finding in report.findings]
    node = NamedNode(f"{DERIVED}report-{digest(*sorted(result.value for result in results), *report.notes)}")
    yield Quad(node, NamedNode(RDF + "type"), _sh("ValidationReport"))
    # The standard's word is stricter than Report.conforms: any result at all, a warning or an info too, makes it false.
    conforms = Literal("false" if results else "true", datatype=NamedNode(XSD + "boolean"))
    yield Quad(node, _sh("conforms"), conforms)
    yield from (Quad(node, NamedNode(RDFS + "comment"), Literal(note)) for note in report.notes)
    for finding, result in zip(report.findings, results, strict=True):
        yield Quad(node, _sh("result"), result)
        yield from (Quad(result, predicate, value) for predicate, value in _properties(finding))
        yield from _component_quads(finding)


def _result_node(finding: Finding) -> NamedNode:
    said = (finding.severity, finding.rule, finding.subject, finding.message, finding.remedy, str(finding.place))
    found = (finding.path, finding.value, finding.component, finding.shape)
    return NamedNode(f"{DERIVED}result-{digest(*said, *found)}")


def _properties(finding: Finding) -> Iterator[tuple[NamedNode, NamedNode | Literal]]:
    yield NamedNode(RDF + "type"), _sh("ValidationResult")
    # Every result has one focus node; what is said of a file as a whole has the file's name.
    yield _sh("focusNode"), _node(finding.subject or str(finding.place or ""))
    yield _sh("resultSeverity"), _sh(finding.severity.capitalize())
    yield _sh("sourceConstraintComponent"), _component(finding)
    yield _sh("resultMessage"), Literal(_with_remedy(finding))
    if finding.value:
        yield _sh("value"), _node(finding.value)
    # A path or shape told in words is no well-formed sh:resultPath or sh:sourceShape, and both may be left out.
    for predicate, said in ((_sh("resultPath"), finding.path), (_sh("sourceShape"), finding.shape)):
        if isinstance(_node(said), NamedNode):
            yield predicate, _node(said)


def _component(finding: Finding) -> NamedNode:
    """The finding's own, else one named after the rule: checks and passages have none in the standard."""
    own = _node(finding.component)
    return own if isinstance(own, NamedNode) else NamedNode(f"{DERIVED}component-{digest(finding.rule)}")


def _component_quads(finding: Finding) -> Iterator[Quad]:
    component = _component(finding)
    if component.value != finding.component:
        yield Quad(component, NamedNode(RDFS + "label"), Literal(finding.rule))


def _node(said: str) -> NamedNode | Literal:
    if not _IRI.match(said):
        return Literal(said)
    try:
        return NamedNode(said)
    except ValueError:
        return Literal(said)


def _sh(local: str) -> NamedNode:
    return NamedNode(SH + local)


FORMATS: dict[str, Callable[[Report, Names], str]] = {"text": text, "json": to_json, "sarif": sarif, "turtle": turtle}
