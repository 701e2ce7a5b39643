"""What people type, as the terms they mean: parameters of questions, uses as "SIGN in DISEASE", edges as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode

from kgtool import catalogue
from kgtool.catalogue import Param, Query
from kgtool.errors import WrongUse
from kgtool.identity import Names
from kgtool.store import Store
from kgtool.terms import DERIVED, KG, XSD, Term

ANY = "any"
_RELATION = (KG + "Relation",)


def parameters(query: Query, typed: Mapping[str, str | int | None], names: Names, store: Store) -> dict[str, Term | None]:
    """What each parameter's variables are filled with; None for any. An unknown parameter is left to Query.bind."""
    known = {param.name: param for param in query.params}
    found: dict[str, Term | None] = {}
    for name, value in typed.items():
        param = known.get(name) or Param(name, (), "", "")
        terms = [None] * len(param.variables) if value in (None, ANY) else _meant(str(value), param, names, store)
        found |= dict(zip(param.variables, terms, strict=True))
    return found


def _meant(typed: str, param: Param, names: Names, store: Store) -> list[Term | None]:
    if catalogue.USE in param.kinds:
        return list(use(typed, names, store))
    if param.kinds and param.kinds[0].startswith("xsd:"):
        return [_literal(typed, param)]
    kinds = [store.prefixes.expand(kind) for kind in param.kinds]
    return [NamedNode(names.resolve(typed, _with_subclasses(kinds, store)))]


def _literal(typed: str, param: Param) -> Literal:
    if param.kinds[0] == "xsd:integer" and not re.fullmatch(r"\d+", typed):
        raise WrongUse(f"--{param.name} takes a whole number, not {typed!r}")
    return Literal(typed, datatype=NamedNode(XSD + param.kinds[0].removeprefix("xsd:")))


def _with_subclasses(kinds: Iterable[str], store: Store) -> list[str]:
    listed = " ".join(f"<{kind}>" for kind in kinds)
    if not listed:
        return []
    # VALUES, as a FILTER over an open path looks at every class and is hundreds of times slower
    below = store.select(f"SELECT ?kind {{ VALUES ?top {{ {listed} }} ?kind rdfs:subClassOf* ?top }}")
    return [*kinds, *(row[0].value for row in below.rows)]


def use(typed: str, names: Names, store: Store) -> tuple[Term | None, Term | None]:
    """Sign and disease of a use: a condition in context, one of the two alone, or "SIGN in DISEASE" of any two."""
    for words in re.finditer(r"\s+in\s+", typed):
        try:
            sign = names.resolve(typed[: words.start()], [KG + "Sign"])
            return NamedNode(sign), NamedNode(names.resolve(typed[words.end():], [KG + "Disease"]))
        except WrongUse:
            continue  # "in" may be part of a name
    try:
        iri = names.resolve(typed, [KG + kind for kind in ("Sign", "Disease", "ConditionInContext")])
    except WrongUse:
        if len(halves := re.split(r"\s+in\s+", typed, maxsplit=1)) == 2:  # say which half is unknown
            names.resolve(halves[0], [KG + "Sign"])
            names.resolve(halves[1], [KG + "Disease"])
        raise
    ((sign, disease),) = store.select(
        f"SELECT ?sign ?disease {{ <{iri}> a ?kind OPTIONAL {{ <{iri}> kg:sign ?s ; kg:inDisease ?d }} "
        f"BIND(IF(?kind = kg:Sign, <{iri}>, ?s) AS ?sign) BIND(IF(?kind = kg:Disease, <{iri}>, ?d) AS ?disease) }} LIMIT 1"
    ).rows
    return sign, disease


def derived(typed: str, store: Store) -> str | None:
    """The derived thing of that name, if there is one: they are too many to be listed among the names."""
    iri = store.prefixes.expand(typed) or (typed if typed.startswith(DERIVED) else DERIVED + typed)
    known = re.fullmatch(re.escape(DERIVED) + r"[a-z]+-[0-9a-f]+", iri) and store.ask(f"ASK {{ <{iri}> a ?kind }}")
    return iri if known else None


def edge(subject: str, relation: str, value: str, names: Names) -> tuple[str, str, str]:
    """The IRIs of an edge typed as three names; a relation also goes by its local name."""
    try:
        meant = names.resolve(relation, _RELATION)
    except WrongUse:
        meant = names.resolve(relation if ":" in relation or " " in relation else f"kg:{relation}", _RELATION)
    return names.resolve(subject), meant, names.resolve(value)


def split_edge(typed: str, names: Names, store: Store) -> tuple[str, str, str] | None:
    """An edge typed as one sentence, parted at the longest name of a relation that has something on either side."""
    relations = names.of_kind(KG + "Relation")
    spellings = {s for iri in relations for s in (names.label(iri), store.prefixes.contract(iri), iri.rpartition("#")[2])}
    for spelling in sorted(spellings, key=lambda s: (-len(s), s)):
        subject, found, value = typed.partition(f" {spelling} ")
        if found and subject and value:
            return subject, spelling, value
    return None
