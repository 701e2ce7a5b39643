"""A drug–condition–evidence graph of any size and shapes for it with constraints in SPARQL, as validation is measured on."""

from __future__ import annotations

import random
from collections.abc import Iterator

PREFIX = "https://example.org/bench/"
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix b: <https://example.org/bench/> .

b: sh:declare [ sh:prefix "b" ; sh:namespace "https://example.org/bench/"^^xsd:anyURI ] .

b:DrugShape a sh:NodeShape ; sh:targetClass b:Drug ;
    sh:property [ sh:path b:label ; sh:minCount 1 ; sh:uniqueLang true ; sh:or ( [ sh:datatype xsd:string ]
        [ sh:languageIn ( "en" "de" ) ] ) ] ;
    sh:property [ sh:path b:code ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:pattern "^D[0-9]+$" ] .

b:ConditionShape a sh:NodeShape ; sh:targetClass b:Condition ;
    sh:property [ sh:path b:label ; sh:minCount 1 ; sh:minLength 3 ] ;
    sh:property [ sh:path ( b:parent [ sh:zeroOrMorePath b:parent ] ) ; sh:class b:Condition ] .

b:ClaimShape a sh:NodeShape ; sh:targetClass b:Claim ;
    sh:closed true ;
    sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ) ;
    sh:property [ sh:path b:drug ; sh:minCount 1 ; sh:maxCount 1 ; sh:class b:Drug ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path b:condition ; sh:minCount 1 ; sh:maxCount 1 ; sh:class b:Condition ] ;
    sh:property [ sh:path b:polarity ; sh:minCount 1 ; sh:in ( b:positive b:negative b:none ) ] ;
    sh:property [ sh:path b:evidence ; sh:minCount 1 ; sh:node b:EvidenceShape ] ;
    sh:property [ sh:path b:date ; sh:datatype xsd:date ; sh:lessThanOrEquals b:checked ] ;
    sh:property [ sh:path b:checked ; sh:maxCount 1 ] ;
    sh:sparql [ sh:message "claimed and denied by {?value}" ; sh:prefixes b: ; sh:select \"\"\"
        SELECT $this ?value WHERE {
            $this b:drug ?drug ; b:condition ?condition ; b:polarity b:positive .
            ?value b:drug ?drug ; b:condition ?condition ; b:polarity b:negative .
        }\"\"\" ] ;
    sh:sparql [ sh:message "no source behind it" ; sh:prefixes b: ; sh:select \"\"\"
        SELECT $this WHERE {
            $this b:polarity b:positive .
            FILTER NOT EXISTS { $this b:evidence ?evidence . ?evidence b:source ?source }
        }\"\"\" ] .

b:EvidenceShape a sh:NodeShape ; sh:targetClass b:Evidence ;
    sh:property [ sh:path b:p ; sh:maxCount 1 ; sh:datatype xsd:decimal ; sh:minInclusive 0.0 ; sh:maxInclusive 1.0 ] ;
    sh:property [ sh:path b:n ; sh:datatype xsd:integer ; sh:minExclusive 0 ] ;
    sh:property [ sh:path b:source ; sh:minCount 1 ; sh:nodeKind sh:IRI ] .
"""


def lines(triples: int, seed: int = 7) -> Iterator[str]:
    """N-Triples, about so many; one thing in a hundred is wrong. The same seed gives the same bytes."""
    chance = random.Random(seed)
    claims = triples // 12
    drugs, conditions = max(20, claims // 10), max(20, claims // 12)
    for number in range(drugs):
        yield from _drug(chance, number)
    for number in range(conditions):
        yield from _condition(chance, number)
    for number in range(claims):
        yield from _claim(chance, number, drugs, conditions)
        yield from _evidence(chance, number)


def _drug(chance: random.Random, number: int) -> Iterator[str]:
    yield _typed("drug", number, "Drug")
    yield _line("drug", number, "label", f'"drug {number}"@en')
    if _wrong(chance):
        yield _line("drug", number, "label", f'"another {number}"@en')
    yield _line("drug", number, "code", f'"{"X" if _wrong(chance) else "D"}{number}"')


def _condition(chance: random.Random, number: int) -> Iterator[str]:
    yield _typed("condition", number, "Condition")
    if not _wrong(chance):
        yield _line("condition", number, "label", f'"condition {number}"')
    if number:
        yield _line("condition", number, "parent", _iri("condition", number // 3))


def _claim(chance: random.Random, number: int, drugs: int, conditions: int) -> Iterator[str]:
    yield _typed("claim", number, "Claim")
    yield _line("claim", number, "drug", _iri("condition" if _wrong(chance) else "drug", chance.randrange(drugs)))
    yield _line("claim", number, "condition", _iri("condition", chance.randrange(conditions)))
    polarity = chance.choices(["positive", "none", "negative", "perhaps"], [80, 14, 5, 1])[0]
    yield _line("claim", number, "polarity", f"<{PREFIX}{polarity}>")
    if not _wrong(chance):
        yield _line("claim", number, "evidence", _iri("evidence", number))
    date = f"20{chance.randrange(10, 25)}-0{chance.randrange(1, 10)}-15"
    yield _line("claim", number, "date", _literal(date, "date"))
    yield _line("claim", number, "checked", _literal("2019-06-01" if _wrong(chance) else "2025-06-01", "date"))
    if _wrong(chance):
        yield _line("claim", number, "note", '"not foreseen"')


def _evidence(chance: random.Random, number: int) -> Iterator[str]:
    yield _typed("evidence", number, "Evidence")
    value = "1.5" if _wrong(chance) else f"0.{chance.randrange(1, 1000):03}5"
    yield _line("evidence", number, "p", _literal(value, "decimal"))
    yield _line("evidence", number, "n", _literal("0" if _wrong(chance) else str(chance.randrange(1, 900)), "integer"))
    if not _wrong(chance):
        yield _line("evidence", number, "source", _iri("source", chance.randrange(400)))


def _wrong(chance: random.Random) -> bool:
    return chance.random() < 0.01


def _iri(kind: str, number: int) -> str:
    return f"<{PREFIX}{kind}-{number}>"


def _literal(text: str, datatype: str) -> str:
    return f'"{text}"^^<http://www.w3.org/2001/XMLSchema#{datatype}>'


def _line(kind: str, number: int, predicate: str, object_: str) -> str:
    return f"{_iri(kind, number)} <{PREFIX}{predicate}> {object_} ."


def _typed(kind: str, number: int, class_: str) -> str:
    return f"{_iri(kind, number)} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{PREFIX}{class_}> ."
