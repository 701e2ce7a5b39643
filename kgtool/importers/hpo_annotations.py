"""HPO annotations, phenotype.hpoa: which signs a disease has, or does not, by whom and how often.

https://obophenotype.github.io/human-phenotype-ontology/annotations/phenotype_hpoa/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from kgtool.claim import Claim, Entity, Proposition
from kgtool.errors import DataError, Place, Problem
from kgtool.streams import rows
from kgtool.terms import CLAIM, ID, KG, Prefixes, Term, did_you_mean, digest

OURS = "hpoa"
Find = Callable[[str], str | None]
COLUMNS = (
    "database_id", "disease_name", "qualifier", "hpo_id", "reference", "evidence", "onset", "frequency", "sex", "modifier",
    "aspect", "biocuration",
)
# P is a sign; of the other aspects the vocabulary of claims has no relation, so they are HPO's own.
ASPECTS = {
    "P": ("", "has the sign"), "I": ("inheritedBy", "is inherited by"), "C": ("hasCourse", "has the course"),
    "M": ("modifiedBy", "is modified by"), "H": ("followsHistory", "follows the history"),
}
_EVIDENCE = ("IEA", "PCS", "TAS")
_QUALIFIERS = ("onset", "frequency", "sex", "modifier")  # part of what is claimed; the rest is how it is known
_NOTES = ("reference", "evidence", "biocuration")


def read(path: Path, prefixes: Prefixes, version: str) -> Iterator[Entity | Claim]:
    """A claim a row, said by the version; NOT makes it a denied one. Each disease and relation comes before its first claim."""
    named: set[str] = set()
    find = cache(lambda curie: _known(curie, prefixes))  # rows name the same diseases and signs again and again
    noted = {column: NamedNode(prefixes[OURS] + column) for column in (*_QUALIFIERS, *_NOTES)}
    for number, cells in rows(path, COLUMNS, comment="#"):
        row, place = dict(zip(COLUMNS, cells, strict=True)), Place(str(path), number)
        _check(row, place)
        disease, relation = _iri(row["database_id"], find, place), _relation(row["aspect"], prefixes)
        for iri, kind, label in ((disease, "Disease", row["disease_name"]), (relation, "Relation", ASPECTS[row["aspect"]][1])):
            if iri not in named and not (kind == "Relation" and iri.startswith(KG)):
                named.add(iri)
                yield Entity(iri, (KG + kind,), label)
        said = Proposition(
            NamedNode(disease), NamedNode(relation), NamedNode(_iri(row["hpo_id"], find, place)), _noted(row, _QUALIFIERS, noted)
        )
        yield _claim(row, said, version, _noted(row, _NOTES, noted))


def _check(row: dict[str, str], place: Place) -> None:
    for column, known in (("qualifier", ("", "NOT")), ("evidence", _EVIDENCE), ("aspect", tuple(ASPECTS))):
        if row[column] not in known:
            hint = did_you_mean(row[column], known) or f"it is one of {', '.join(filter(None, known))}"
            raise DataError(Problem(f"unknown {column} {row[column]!r}", hint, place))
    if not row["disease_name"]:
        raise DataError(Problem(f"{row['database_id']} has no name", "fetch the file again", place))


def _claim(row: dict[str, str], said: Proposition, version: str, beside: tuple[tuple[Term, Term], ...]) -> Claim:
    denied = row["qualifier"] == "NOT"
    words = f"{row['disease_name'][:120]} {'does not have' if denied else ASPECTS[row['aspect']][1]} {row['hpo_id']}."
    return Claim(
        # rows have no names; all that a row says makes one
        iri=f"{CLAIM}{version}-{digest(*row.values())}",
        kind=KG + "Claim",
        version=ID + version,
        proposition=said,
        polarity=KG + ("denied" if denied else "affirmed"),
        modality=KG + "flat",
        in_own_words=" ".join(words.split()),
        beside=beside,
    )


def _noted(row: dict[str, str], columns: tuple[str, ...], noted: dict[str, NamedNode]) -> tuple[tuple[Term, Term], ...]:
    return tuple((noted[column], Literal(row[column])) for column in columns if row[column])


def _relation(aspect: str, prefixes: Prefixes) -> str:
    own = ASPECTS[aspect][0]
    return prefixes[OURS] + own if own else KG + "hasSign"


def _iri(curie: str, find: Find, place: Place) -> str:
    iri = find(curie)
    if iri is None:
        raise DataError(Problem(f"{curie!r} is no known CURIE", "declare its prefix in ontology/prefixes.ttl", place))
    return iri


def _known(curie: str, prefixes: Prefixes) -> str | None:
    # DECIPHER's identifiers have no open address that we know
    iri = prefixes.expand(f"{OURS}:{curie.replace(':', '-')}" if curie.startswith("DECIPHER:") else curie)
    return None if iri is None or any(sign in iri for sign in ' <>"{}|^`\\') else iri
