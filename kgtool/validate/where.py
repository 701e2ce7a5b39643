"""Where a finding's subject was written: the file, line and column, looked up only in files that name it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from pyoxigraph import NamedNode

from kgtool import places, rdf
from kgtool.errors import Place, relative
from kgtool.places import Standing
from kgtool.report import Finding
from kgtool.store import GraphStore
from kgtool.terms import DERIVED, PROV, Prefixes, kg

_DERIVED_FROM = NamedNode(PROV + "wasDerivedFrom")


def placed(findings: Iterable[Finding], files: Iterable[Path], root: Path, store: GraphStore) -> list[Finding]:
    """The findings, each with the nearest place in ``files`` to what it is about; as they were where there is none.

    A derived thing has no place of its own: it gets that of a claim it was made from.
    """
    files = list(files)
    written = cache(lambda subject: _written(subject, files, store.prefixes))

    @cache
    def standing(path: Path) -> dict[str, list[Standing]]:
        return _by_subject(rdf.text(path, relative(path, root)), relative(path, root))

    def place(finding: Finding) -> Place | None:
        subject = _authored(finding.subject, store)
        own = [triple for path in written(subject) for triple in standing(path).get(subject, ())]
        return places.find(own, subject, finding.path, finding.value)

    return [finding if finding.place else replace(finding, place=place(finding)) for finding in findings]


def _written(subject: str, files: Iterable[Path], prefixes: Prefixes) -> list[Path]:
    """The files that may name the subject: a cheap look that spares reading the others for lines."""
    local = prefixes.contract(subject).rpartition(":")[2].encode()
    return [path for path in files if local in path.read_bytes()]


def _by_subject(text: str, name: str) -> dict[str, list[Standing]]:
    grouped: dict[str, list[Standing]] = {}
    for triple in places.triples(text, name):
        grouped.setdefault(triple.subject, []).append(triple)
    return grouped


def _authored(subject: str, store: GraphStore) -> str:
    """The subject, or for a derived one the first by name of the claims that lead to it or that it comes from."""
    if not subject.startswith(DERIVED):
        return subject
    node = NamedNode(subject)
    look = store.match
    leading = [quad.subject.value for part in ("states", "passage") for quad in look(None, kg(part), node)]
    reasons = [quad.object.value for quad in look(node, _DERIVED_FROM)]
    return min(leading + reasons, default=subject)
