"""Claims as they are compared: what each is about, and whether and how surely it says yes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kgtool.catalogue import Query
from kgtool.store import Store
from kgtool.terms import KG, Term

YES, NO, OPEN = "yes", "no", "open"
# How surely: with a hedge; as a capability or somebody's finding; flatly.
HEDGED, PLAIN, FLAT = "hedged", "plain", "flat"

_SURETY = {OPEN: 0, HEDGED: 1, PLAIN: 2, FLAT: 2}
_BY_MODALITY = {"possible": HEDGED, "believed": HEDGED, "capability": PLAIN, "reported": PLAIN}
_BY_DIRECTION = {"inconclusive": OPEN, "noDifference": NO, "favoursComparator": NO}


class Stand(NamedTuple):
    """Whether a claim says yes, no, or leaves it open, and how surely: a denial may hedge as well as a yes."""

    says: str
    surely: str

    @property
    def unsure(self) -> bool:
        return self.surely in (HEDGED, OPEN)

    @property
    def surety(self) -> int:
        return _SURETY[self.surely]

    def denies(self, other: Stand) -> bool:
        """Whether one says yes where the other says no."""
        return {self.says, other.says} == {YES, NO}

    def firmer_or_less(self, other: Stand) -> bool:
        """Whether one is flat where the other hedges or leaves it open."""
        return FLAT in (self.surely, other.surely) and (self.unsure or other.unsure)


@dataclass(frozen=True)
class Said:
    """One claim that counts. ``subject`` is as written and ``drug`` its ingredient, where it is a product of one;
    ``stand`` is whether and how surely it says so."""

    claim: str
    version: str
    version_label: str
    source: str
    source_type: str
    subject: Term
    drug: Term | None
    relation: str
    object: Term
    stand: Stand
    words: str
    qualifiers: tuple[tuple[str, Term], ...]

    def qualified(self, name: str) -> tuple[Term, ...]:
        """The values of one qualifier, by its local name."""
        return tuple(value for qualifier, value in self.qualifiers if qualifier == KG + name)


def read(store: Store, queries: Mapping[str, Query], policy: str) -> list[Said]:
    """Every claim that counts under a policy, by the order of their names; a product of two drugs is two of them."""
    qualifiers: dict[str, list[tuple[str, Term]]] = defaultdict(list)
    for claim, qualifier, value in store.select(queries["qualifiers"].text).rows:
        qualifiers[claim.value].append((qualifier.value, value))
    found = store.select(queries["comparing-claims"].bind({"policy": policy}))
    records = (dict(zip(found.columns, row, strict=True)) for row in found.rows)
    return [_said(record, tuple(qualifiers[record["claim"].value])) for record in records]


def _said(row: Mapping[str, Term | None], qualifiers: tuple[tuple[str, Term], ...]) -> Said:
    return Said(
        claim=row["claim"].value, version=row["version"].value, version_label=row["versionLabel"].value,
        source=row["source"].value, source_type=row["type"].value, subject=row["subject"], drug=row["ingredient"],
        relation=row["relation"].value, object=row["object"], stand=_stand(row, qualifiers), words=row["words"].value,
        qualifiers=qualifiers,
    )


def _stand(row: Mapping[str, Term | None], qualifiers: Iterable[tuple[str, Term]]) -> Stand:
    polarity, modality, stance = (_local(row[name]) for name in ("polarity", "modality", "stance"))
    directions = [_BY_DIRECTION.get(_local(value)) for qualifier, value in qualifiers if qualifier == KG + "direction"]
    if polarity == "undetermined" or modality == "unknownStated" or OPEN in directions:
        return Stand(OPEN, OPEN)
    no = (polarity == "denied") != (row["negates"].value == "true") or NO in directions
    return Stand(NO if no else YES, HEDGED if stance == "mayBeOfValue" else _BY_MODALITY.get(modality, FLAT))


def _local(term: Term | None) -> str:
    return term.value.rpartition("#")[2] if term is not None else ""

