"""Where a finding's subject was written: the file, line and column, looked up only in files that name it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pyoxigraph import NamedNode

from kgtool import places, rdf
from kgtool.errors import Place, relative
from kgtool.places import Standing
from kgtool.report import Finding
from kgtool.store import GraphStore
from kgtool.terms import DERIVED, PROV, Prefixes, kg

# How a name ends, whether it is written with a prefix or as a whole IRI.
_WORD = re.compile(rb"[A-Za-z0-9-]+")
_FEW = 30  # of more it is quicker to look at every word of a file than to search it for each
_DERIVED_FROM = NamedNode(PROV + "wasDerivedFrom")


def placed(findings: Sequence[Finding], files: Iterable[Path], root: Path, store: GraphStore) -> list[Finding]:
    """The findings, each with the nearest place in ``files`` to what it is about; as they were where there is none.

    A derived thing has no place of its own: it gets that of a claim it was made from.
    """
    unplaced = {finding.subject for finding in findings if not finding.place}
    authored = {subject: _authored(subject, store) for subject in unplaced}
    standings = _standings(set(authored.values()), files, root, store.prefixes)

    def place(finding: Finding) -> Place | None:
        subject = authored[finding.subject]
        return places.find(standings.get(subject, ()), subject, finding.path, finding.value)

    return [finding if finding.place else replace(finding, place=place(finding)) for finding in findings]


def _standings(subjects: set[str], files: Iterable[Path], root: Path, prefixes: Prefixes) -> dict[str, list[Standing]]:
    """Where the triples of some subjects stand. Each file is read once, and for lines only where it may name one of them."""
    grouped: dict[str, list[Standing]] = {}
    ends = {word for subject in subjects for word in _WORD.findall(prefixes.contract(subject).encode())[-1:]}
    for path in files if subjects else ():
        name = relative(path, root)
        content = rdf.raw(path, name)
        found = places.triples(rdf.decoded(content, name), name, about=subjects) if _has_one(content, ends) else ()
        for triple in found:
            if triple.subject in subjects:
                grouped.setdefault(triple.subject, []).append(triple)
    return grouped


def _has_one(content: bytes, ends: set[bytes]) -> bool:
    if len(ends) <= _FEW:
        return any(end in content for end in ends)
    return not ends.isdisjoint(word[0] for word in _WORD.finditer(content))


def _authored(subject: str, store: GraphStore) -> str:
    """The subject, or for a derived one the first by name of the claims that lead to it or that it comes from."""
    if not subject.startswith(DERIVED):
        return subject
    node = NamedNode(subject)
    look = store.match
    leading = [quad.subject.value for part in ("states", "passage") for quad in look(None, kg(part), node)]
    reasons = [quad.object.value for quad in look(node, _DERIVED_FROM)]
    return min(leading + reasons, default=subject)
