"""What people type, as the terms they mean: parameters of questions, uses as "SIGN in DISEASE", edges as sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode

from kgtool import catalogue, countries
from kgtool.catalogue import ANY, Param, Query
from kgtool.errors import WrongUse
from kgtool.identity import Names
from kgtool.store import GraphStore
from kgtool.terms import DERIVED, KG, XSD, Term, did_you_mean

OLDEST = 130  # in years; an age above it is a slip of the fingers
MOST_WORDS = 20  # of what is tried as an edge whose relation is misspelt
_RELATION = (KG + "Relation",)


@dataclass(frozen=True)
class Known:
    """What typed words are read against: the names of a graph and the terms of its hierarchies, looked up by the query
    ``hierarchy_terms`` of queries/view, those of ``release`` first."""

    store: GraphStore
    names: Names
    hierarchy_terms: Callable[[], Query]
    release: Term | None = None


_OF_A_USE = ("Sign", "Disease", "ConditionInContext")


def parameters(query: Query, typed: Mapping[str, str | int | None], known: Known) -> dict[str, Term | None]:
    """What each parameter's variables are filled with; None for any."""
    params = {param.name: param for param in query.params}
    if unknown := sorted(set(typed) - set(params)):
        hint = did_you_mean(unknown[0], params) or f"it takes {', '.join(sorted(params)) or 'none'}"
        raise WrongUse(f"the question {query.name} has no parameter {unknown[0]}; {hint}")
    found: dict[str, Term | None] = {}
    for name in sorted(typed, key=lambda name: catalogue.USE in params[name].kinds):
        param = params[name]
        known = replace(known, release=found.get("hierarchy"))  # a use comes last, for it is looked for there first
        terms = [None] * len(param.variables) if typed[name] in (None, ANY) else _meant(str(typed[name]), param, known)
        found |= dict(zip(param.variables, terms, strict=True))
    return found


def _meant(typed: str, param: Param, known: Known) -> list[Term | None]:
    if catalogue.USE in param.kinds:
        return list(use(typed, known))
    if catalogue.AGE in param.kinds:
        return [_age(typed, param)]
    kinds = [known.store.prefixes.expand(kind) for kind in param.kinds]
    if kinds == [KG + "Jurisdiction"]:
        return [_jurisdiction(typed, kinds, known.names)]
    return [NamedNode(known.names.resolve(typed, _with_subclasses(kinds, known.store)))]


def _age(typed: str, param: Param) -> Literal:
    if not re.fullmatch(r"[0-9]{1,3}", typed) or int(typed) > OLDEST:
        raise WrongUse(f"--{param.name} takes an age in whole years, from 0 to {OLDEST}, not {typed!r}")
    return Literal(str(int(typed)), datatype=NamedNode(XSD + "integer"))


def _jurisdiction(typed: str, kinds: list[str], names: Names) -> Term:
    """A jurisdiction of the graph; else the name of a country of which it says nothing."""
    try:
        return NamedNode(names.resolve(typed, kinds))
    except WrongUse as error:
        country = countries.named(typed)
        if country is None:
            raise WrongUse(f"no country is called {typed!r} here; {_countries_like(typed)}") from error
    try:
        return NamedNode(names.resolve(country, kinds))
    except WrongUse:
        return Literal(country)


def _countries_like(typed: str) -> str:
    return did_you_mean(typed, countries.names()) or "give its English name or its two-letter code (ISO 3166), such as FR"


def _with_subclasses(kinds: Iterable[str], store: GraphStore) -> list[str]:
    listed = " ".join(f"<{kind}>" for kind in kinds)
    if not listed:
        return []
    # VALUES, as a FILTER over an open path looks at every class and is hundreds of times slower
    below = store.select(f"SELECT ?kind {{ VALUES ?top {{ {listed} }} ?kind rdfs:subClassOf* ?top }}")
    return [*kinds, *(row[0].value for row in below.rows)]


def fitting(kinds: Iterable[str], store: GraphStore) -> list[str]:
    """The classes, as IRIs, whose things fill a parameter of such kinds, as its query spells them."""
    if catalogue.USE in kinds:
        return _with_subclasses([KG + kind for kind in _OF_A_USE], store)
    return _with_subclasses([store.prefixes.expand(kind) or kind for kind in kinds], store)


def use(typed: str, known: Known) -> tuple[Term | None, Term | None]:
    """Sign and disease of a use: a sign within a disease, one of the two alone, or "SIGN in DISEASE" of any two."""
    for words in re.finditer(r"\s+in\s+", typed):
        try:
            return _part(typed[: words.start()], "Sign", known), _part(typed[words.end():], "Disease", known)
        except WrongUse:
            continue  # "in" may be part of a name
    try:
        return _parts(known.names.resolve(typed, [KG + kind for kind in _OF_A_USE]), known.store)
    except WrongUse:
        sign, disease = (_in_a_hierarchy(typed, kind, known) for kind in ("Sign", "Disease"))
        if sign or disease:
            return (None, disease) if disease else (sign, None)
        if len(halves := re.split(r"\s+in\s+", typed, maxsplit=1)) == 2:  # say which half is unknown
            _part(halves[0], "Sign", known)
            _part(halves[1], "Disease", known)
        raise


def _part(typed: str, kind: str, known: Known) -> NamedNode:
    """A sign or a disease that the graph names; else one that only a hierarchy has."""
    try:
        return NamedNode(known.names.resolve(typed, [KG + kind]))
    except WrongUse:
        if (term := _in_a_hierarchy(typed, kind, known)) is None:
            raise
        return term


def _parts(condition: str, store: GraphStore) -> tuple[Term | None, Term | None]:
    ((sign, disease),) = store.select(
        f"SELECT ?sign ?disease {{ <{condition}> a ?kind OPTIONAL {{ <{condition}> kg:sign ?s ; kg:inDisease ?d }} "
        f"BIND(IF(?kind = kg:Sign, <{condition}>, ?s) AS ?sign) "
        f"BIND(IF(?kind = kg:Disease, <{condition}>, ?d) AS ?disease) }} LIMIT 1"
    ).rows
    return sign, disease


def _in_a_hierarchy(typed: str, kind: str, known: Known) -> NamedNode | None:
    """The term of a hierarchy by its label or its CURIE, be there no claim that speaks of it."""
    iri = known.store.prefixes.expand(typed.strip())
    name, signs = Literal(iri or " ".join(typed.casefold().split())), Literal(kind == "Sign")
    found = known.store.select(known.hierarchy_terms().bind({"name": name, "signs": signs})).rows
    followed = [term for term, release, _ in found if release == known.release]
    return next(iter(followed or [term for term, _, _ in found]), None)


def derived(typed: str, store: GraphStore) -> str | None:
    """The derived thing of that name, if there is one: they are too many to be listed among the names."""
    iri = store.prefixes.expand(typed) or (typed if typed.startswith(DERIVED) else DERIVED + typed)
    known = re.fullmatch(re.escape(DERIVED) + r"[a-z]+-[0-9a-f]+", iri) and store.ask(f"ASK {{ <{iri}> a ?kind }}")
    return iri if known else None


def edge(subject: str, relation: str, value: str, names: Names) -> tuple[str, str, str]:
    """The IRIs of an edge typed as three names."""
    meant = relation_meant(relation, names)
    return names.resolve(subject), meant, names.resolve(value)


def relation_meant(typed: str, names: Names) -> str:
    """The IRI of a relation, which also goes by its local name.

    A name that is not even that is told with suggestions for how it was typed.
    """
    for spelled in (typed, f"kg:{typed}"):
        with suppress(WrongUse):
            return names.resolve(spelled, _RELATION)
    return names.resolve(typed, _RELATION)


def split_edge(typed: str, names: Names, store: GraphStore) -> tuple[str, str, str] | None:
    """An edge typed as one sentence, parted at the longest name of a relation that has something on either side.

    Where there is none, what stands between two names was meant for one.
    """
    relations = names.of_kind(KG + "Relation")
    spellings = {s for iri in relations for s in (names.label(iri), store.prefixes.contract(iri), iri.rpartition("#")[2])}
    for spelling in sorted(spellings, key=lambda s: (-len(s), s)):
        subject, found, value = typed.partition(f" {spelling} ")
        if found and subject and value:
            return subject, spelling, value
    words = typed.split()
    return _between_names(words, names) if len(words) <= MOST_WORDS else None


def _between_names(words: list[str], names: Names) -> tuple[str, str, str] | None:
    for start in range(1, len(words) - 1):
        if _is_called(subject := " ".join(words[:start]), names):
            for end in range(start + 1, len(words)):
                if _is_called(value := " ".join(words[end:]), names):
                    return subject, " ".join(words[start:end]), value
    return None


def _is_called(typed: str, names: Names) -> bool:
    try:
        return bool(names.resolve(typed))
    except WrongUse:
        return False
