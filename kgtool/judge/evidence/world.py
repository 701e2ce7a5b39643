"""What counted sources say of studies, signs, uses and organisations, indexed for the judges of evidence."""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from kgtool.catalogue import Query
from kgtool.judge.hierarchy import Ancestry, Hierarchies, of_nodes
from kgtool.judge.lookup import LookedUp
from kgtool.store import Store
from kgtool.terms import KG, SCHEMA, Prefixes, Term

Rows = Sequence[tuple[Term | None, ...]]
SUREST_FIRST = tuple(KG + name for name in ("flat", "reported", "capability", "believed", "possible", "unknownStated"))


@dataclass(frozen=True)
class Told:
    """One claim of a counted source. ``relation``, ``polarity``, ``modality`` and the like are absolute IRIs."""

    claim: str
    subject: Term
    relation: str
    object: Term
    polarity: str
    modality: str
    direction: str
    treatment: Term | None
    stance: str
    words: str
    version: Term
    source: Term
    source_type: str

    @property
    def affirmed(self) -> bool:
        return self.polarity == KG + "affirmed"

    @property
    def own_report(self) -> bool:
        """Whether those who did a study say it themselves."""
        return self.source_type == KG + "primaryStudy"

    @property
    def surely(self) -> str:
        """How surely it is said, as one word."""
        return "undetermined" if self.polarity == KG + "undetermined" else self.modality.removeprefix(KG)

    @property
    def rank(self) -> tuple[int, str]:
        """Surest first, and the same order in every run."""
        return (SUREST_FIRST.index(self.modality) if self.modality in SUREST_FIRST else len(SUREST_FIRST), self.claim)


@dataclass(frozen=True)
class Use:
    """A drug against a sign within a disease; ``disease`` is None where any cause is meant."""

    drug: Term
    sign: Term
    disease: Term | None = None


@dataclass(frozen=True)
class World:
    """All that the judges of evidence read under one policy."""

    policy: str
    claims: tuple[Told, ...]
    contexts: Mapping[Term, tuple[Term, Term]]
    opposites: Mapping[Term, frozenset[Term]]
    ingredients: Mapping[Term, frozenset[Term]]
    publishers: Mapping[Term, frozenset[Term]]
    cited: Mapping[Term, frozenset[Term]]
    diseases: Ancestry[Term]
    signs: Ancestry[Term]
    labels: Mapping[str, str]
    prefixes: Prefixes

    def told(self, relation: str, subject: Term) -> tuple[Told, ...]:
        """What is said of a subject with one relation, affirmed or not."""
        return self._by_subject.get((relation, subject), ())

    def of(self, relation: str, subject: Term) -> tuple[Told, ...]:
        """What is affirmed of a subject with one relation."""
        return tuple(told for told in self.told(relation, subject) if told.affirmed)

    def all(self, relation: str) -> tuple[Told, ...]:
        """All that is said with one relation, affirmed or not."""
        return self._by_relation.get(relation, ())

    def compared(self, study: Term) -> tuple[Told, ...]:
        """What says that a study compared: with something named, or by a design that is a comparison."""
        designs = (told for told in self.of(DESIGN, study) if told.object.value in COMPARING)
        return (*self.of(COMPARATOR, study), *designs)

    def sign(self, condition: Term) -> Term:
        """The sign of a sign within a disease; of anything else, itself."""
        return self.contexts[condition][0] if condition in self.contexts else condition

    def disease(self, condition: Term) -> Term:
        """The disease of a sign within a disease; of anything else, itself."""
        return self.contexts[condition][1] if condition in self.contexts else condition

    def drugs(self, medicine: Term) -> frozenset[Term]:
        """The drugs in a product; of a drug, itself."""
        return self.ingredients.get(medicine) or frozenset((medicine,))

    def name(self, term: Term) -> str:
        """A term in words."""
        if isinstance(term, Literal):
            return term.value
        return self.labels.get(term.value) or self.prefixes.contract(term.value)

    def use(self, use: Use) -> str:
        """A use in words: "Spasticity in multiple sclerosis"."""
        return f"{self.name(use.sign)} {f'in {self.name(use.disease)}' if use.disease else 'of any cause'}"

    def names(self, claims: Iterable[Told]) -> str:
        """Claims by the names that people type."""
        return ", ".join(sorted(self.prefixes.contract(told.claim) for told in claims))

    @cached_property
    def _by_subject(self) -> dict[tuple[str, Term], tuple[Told, ...]]:
        return grouped(((told.relation, told.subject), told) for told in self.claims)

    @cached_property
    def _by_relation(self) -> dict[str, tuple[Told, ...]]:
        return grouped((told.relation, told) for told in self.claims)


INTERVENTION, POPULATION, COMPARATOR = KG + "intervention", KG + "population", KG + "comparator"
DESIGN, ENROLMENT, RESULT = SCHEMA + "trialDesign", KG + "enrolment", KG + "showedEffectOn"
REVIEWED, HAS_SIGN, DRUG_CLASS = KG + "foundEvidenceOn", KG + "hasSign", KG + "inDrugClass"
NOT_STUDIED = KG + "notStudiedIn"
MECHANISM = tuple(KG + name for name in ("bindsTo", "activates", "increasesEffectOf", "actsAt", "notKnown"))
COMPARING = {
    KG + "controlledTrial", KG + "crossoverTrial", SCHEMA + "PlaceboControlledTrial", SCHEMA + "RandomizedTrial",
}
AFFILIATION, ORIGINATOR, MERGED_INTO = KG + "authorAffiliation", KG + "originator", KG + "mergedInto"


def read(store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies) -> World:
    """All that counts under a policy."""
    rows = store.select(queries["evidence-claims"].bind({"policy": policy})).rows
    return _world(store, queries, policy, hierarchies, _claims(rows), {})


def of_claims(
    store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies, claims: Sequence[str]
) -> World:
    """What counts of some claims under a policy, with what is known of the things that they name."""
    named = queries["evidence-claims-named"].bind({"policy": policy, "claim": tuple(claims)})
    told = _claims(store.select(named).rows)
    things = {term for one in told for term in (one.subject, one.object, one.version, one.source, one.treatment)}
    near = tuple(sorted((term for term in things if isinstance(term, NamedNode)), key=str))
    return _world(store, queries, policy, hierarchies, told, {"condition": near, "version": near})


def _world(
    store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies, claims: tuple[Told, ...],
    near: Mapping[str, tuple[NamedNode, ...]],
) -> World:
    """``near`` limits what is read beside the claims, by parameter of the queries that have it; nothing where it is empty."""
    def rows(query: str) -> Rows:
        limits = {param.name: near[param.name] for param in queries[query].params if param.name in near}
        return store.select(queries[query].bind(limits)).rows

    published = rows("publishers")
    labels = _label_lookup(store, queries) if near else {row[0].value: row[1].value for row in rows("labels")}
    return World(
        policy=policy,
        claims=claims,
        contexts={row[0]: (row[1], row[2]) for row in rows("conditions")},
        opposites=_sets(rows("opposites")),
        # only the joins over all uses ask what is in a product
        ingredients={} if near else _sets(rows("ingredients")),
        publishers=_sets((version, publisher) for version, publisher, _ in published),
        cited=_sets((version, cited) for version, _, cited in published),
        diseases=ancestry(hierarchies, "mondo"),
        signs=ancestry(hierarchies, "hp"),
        labels=ChainMap(labels, *(hierarchies.default(one).labels for one in ("mondo", "hp"))),
        prefixes=store.prefixes,
    )


def _label_lookup(store: Store, queries: Mapping[str, Query]) -> LookedUp[str]:
    return LookedUp(
        lambda things: {row[0].value: row[1].value for row in store.select(queries["labels"].bind({"thing": things})).rows}
    )


def uses(store: Store, queries: Mapping[str, Query]) -> list[Use]:
    """Every use of a drug against a sign that some source speaks of."""
    return [Use(*row) for row in store.select(queries["evidence-uses"].text).rows]


def grouped(pairs: Iterable[tuple]) -> dict:
    """Values by key, in their order."""
    found = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}


def _claims(rows: Iterable[tuple[Term | None, ...]]) -> tuple[Told, ...]:
    # a source of two types gives a claim twice
    return tuple({row[0]: _told(row) for row in rows}.values())


def _told(row: tuple[Term | None, ...]) -> Told:
    claim, subject, relation, value, polarity, modality, direction, treatment, stance, words, *said_in = row
    version, source, kind = said_in
    return Told(
        claim.value, subject, relation.value, value, polarity.value, modality.value,
        direction.value if direction else "", treatment, stance.value if stance else "", words.value,
        version, source, kind.value,
    )


def ancestry(hierarchies: Hierarchies, hierarchy: str) -> Ancestry[Term]:
    """What stands above what in the default release of a hierarchy."""
    followed = hierarchies.default(hierarchy)
    return Ancestry(of_nodes(followed.steps), followed.release)


def _sets(pairs: Iterable[tuple[Term, Term | None]]) -> dict[Term, frozenset[Term]]:
    return {key: frozenset(v for v in values if v is not None) for key, values in grouped(pairs).items()}
