"""Small random graphs and shapes: no two alike, from whatever generator of random numbers is handed in."""

from __future__ import annotations

import random

HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix e: <http://example.org/> .
e: sh:declare [ sh:prefix "e" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""
NODES = [f"e:n{i}" for i in range(7)]
PROPERTIES = ["e:p", "e:q", "e:r"]
CLASSES = ["e:A", "e:B", "e:C"]
NUMBERS = ["1", "2", "3", "1.5", "2.0", '"7"^^xsd:int']
SIZES = ["e:size", "e:limit"]
OFTEN = {f"sh:{name}" for name in ("property", "node", "class", "not", "and", "or", "xone", "hasValue", "equals", "disjoint")}
TEXTS = [
    '"a"', '"ab"', '"abc"', '"a"@en', '"b"@en', '"a"@de', '"x"^^e:odd', '"no"^^xsd:integer', '"2020-01-31"^^xsd:date',
]  # fmt: skip
# None that rdflib takes for false: it takes those for unbound.
WRITTEN_OTHERWISE = [
    '"01"^^xsd:integer', '"+2"^^xsd:integer', '"1.50"^^xsd:decimal', '"1"^^xsd:boolean', '"true"^^xsd:boolean',
    '"1.0E0"^^xsd:double', '"NaN"^^xsd:double', '"day"^^xsd:date', '"2020-02-30"^^xsd:date', '"2020-01-31Z"^^xsd:date',
    '"300"^^xsd:byte', '"-1"^^xsd:nonNegativeInteger', '"2020-01-31T00:00:00+00:00"^^xsd:dateTime',
    '"1,5"^^xsd:decimal', '"TRUE"^^xsd:boolean', '"a"@EN', '"a"@en-GB', '" 1 "^^xsd:integer', '"1"^^xsd:string', '" "',
    '"x"^^xsd:dateTime',
]  # fmt: skip
LANGUAGES = ['"en"', '"de" "en"', '"fr"']
DATATYPES = ["xsd:integer", "xsd:int", "xsd:string", "rdf:langString", "xsd:date", "e:odd",
             "xsd:boolean", "xsd:decimal", "xsd:double", "xsd:byte", "xsd:nonNegativeInteger", "xsd:dateTime"]  # fmt: skip
OF_A_PATH = """
SELECT $this ?value WHERE { $this $PATH ?value . FILTER (!isIRI(?value)) }
SELECT DISTINCT $this ?value WHERE { $this $PATH ?value . FILTER NOT EXISTS { ?value e:q ?x } }
SELECT $this WHERE { FILTER NOT EXISTS { $this $PATH ?x } }
SELECT $this ?value WHERE { $this $PATH ?value . ?value a e:A }
""".strip().splitlines()
QUERIES = """
SELECT $this ?value WHERE { $this e:p ?value . FILTER NOT EXISTS { ?value e:q ?x } }
SELECT $this WHERE { FILTER NOT EXISTS { $this e:p ?x . ?x e:q ?y } }
SELECT DISTINCT $this ?value WHERE { { $this e:p ?value } UNION { $this e:q ?value } FILTER (isIRI(?value)) }
SELECT $this WHERE { OPTIONAL { $this e:p ?x } FILTER (!bound(?x)) }
SELECT $this (COUNT(?x) AS ?n) WHERE { $this e:p ?x } GROUP BY $this HAVING (COUNT(?x) > 1)
SELECT $this ?value WHERE { $this e:p ?value . FILTER (isIRI(?value)) } ORDER BY ?value LIMIT 1
SELECT $this ?path ?value WHERE { $this ?path ?value . FILTER (?value = $this) }
SELECT $this ?value WHERE { $this e:p ?value . OPTIONAL { ?value e:q ?x . FILTER (?x = $this) } FILTER (!bound(?x)) }
SELECT $this ?value WHERE { BIND ($this AS ?me) ?value e:r ?me . FILTER EXISTS { $this e:p ?x ; e:q ?y } }
SELECT $this WHERE { { SELECT $this (COUNT(?x) AS ?n) WHERE { $this e:p ?x } GROUP BY $this } FILTER (?n > 1) }
SELECT DISTINCT $this ?value WHERE { { FILTER EXISTS { $this a e:A } BIND (e:A AS ?value) } UNION { $this a ?value } }
SELECT DISTINCT $this WHERE { $this e:p ?x . FILTER NOT EXISTS { ?x e:p ?y . ?y e:r ?z . FILTER (?y != $this) } }
SELECT DISTINCT $this ?value WHERE { $this e:p|e:q ?value . FILTER NOT EXISTS { ?o e:p ?value . FILTER (?o != $this) } }
""".strip().splitlines()
COMPONENTS = '''
e:Longest a sh:ConstraintComponent ; sh:parameter [ sh:path e:longest ] , [ sh:path e:but ; sh:optional true ] ;
    sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes e: ; sh:ask """ASK {
        FILTER (STRLEN(STR($value)) <= $longest || (bound($but) && $value = $but)) }""" ] .
e:Leads a sh:ConstraintComponent ; sh:parameter [ sh:path e:leads ] ;
    sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes e: ; sh:ask """ASK { $value ?any ?x . ?x a $leads }""" ] .
e:Loop a sh:ConstraintComponent ; sh:parameter [ sh:path e:loop ] ;
    sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:prefixes e: ; sh:select """
        SELECT DISTINCT $this WHERE { $this $loop ?other . ?other $loop $this }""" ] ;
    sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:prefixes e: ; sh:select """
        SELECT DISTINCT $this ?value WHERE { $this $PATH ?value . FILTER EXISTS { ?value $loop $this } }""" ] .
'''


def data(chance: random.Random) -> str:
    lines = [f"{n} a {chance.choice(CLASSES)} ." for n in NODES if chance.random() < 0.7]
    for _ in range(chance.randrange(4, 22)):
        objects = chance.choice([NODES, NODES, NODES, NUMBERS, TEXTS, WRITTEN_OTHERWISE])
        lines.append(f"{chance.choice(NODES)} {chance.choice(PROPERTIES)} {chance.choice(objects)} .")
    lines += [f"{n} {chance.choice(SIZES)} {chance.choice(NUMBERS)} ." for n in NODES if chance.random() < 0.5]
    if chance.random() < 0.5:
        lines.append("e:B rdfs:subClassOf e:A .")
    return HEAD + "\n".join(lines)


def shapes(chance: random.Random) -> str:
    count = chance.randrange(1, 4)
    bodies = [f"{target(chance)} {node_body(chance, 2)}{others(chance, number)}" for number in range(count)]
    found = [f"e:S{number} a sh:NodeShape ; {body} ." for number, body in enumerate(bodies)]
    found += [f"e:P{number} a sh:PropertyShape ; {property_body(chance, 1)} ." for number in range(count)]
    return HEAD + COMPONENTS + "\n".join(found)


def others(chance: random.Random, number: int) -> str:
    """What a shape says of shapes that have a name; none comes back to itself."""
    said = [f"sh:property e:P{number}"] * (chance.random() < 0.3)
    if number:
        one = f"e:S{chance.randrange(number)}"
        said += chance.choice([[], [], [f"sh:node {one}"], [f"sh:not {one}"], [f"sh:or ( {one} e:P{number} )"]])
    return "".join(f" ; {part}" for part in said)


def target(chance: random.Random) -> str:
    kinds = [
        lambda: f"sh:targetClass {chance.choice(CLASSES)} ;",
        lambda: f"sh:targetNode {chance.choice(NODES)} , {chance.choice(NODES + TEXTS[:4])} ;",
        lambda: f"sh:targetSubjectsOf {chance.choice(PROPERTIES)} ;",
        lambda: f"sh:targetObjectsOf {chance.choice(PROPERTIES)} ;",
    ]
    return " ".join(chance.choice(kinds)() for _ in range(chance.choice([1, 1, 2])))


def node_body(chance: random.Random, depth: int) -> str:
    parts = [value_constraint(chance, depth) for _ in range(chance.randrange(0, 2))]
    parts += [f"sh:property [ {property_body(chance, depth)} ]" for _ in range(chance.randrange(1, 3) if depth == 2 else 1)]
    if depth == 2 and chance.random() < 0.3:
        query = chance.choice(QUERIES)
        parts.append(f'sh:sparql [ sh:prefixes e: ; sh:select """{query}""" ]')
    if depth == 2 and chance.random() < 0.2:
        parts += siblings(chance, 1)
    if chance.random() < 0.1:
        parts.append("sh:closed true ; sh:ignoredProperties ( rdf:type e:q )")
    return " ; ".join(once(parts))


def siblings(chance: random.Random, depth: int) -> list[str]:
    """Qualified shapes beside each other, of which a value may count for one alone."""
    shared = chance.choice(PROPERTIES)
    return [
        f"sh:property [ sh:path {shared} ; sh:qualifiedValueShapesDisjoint true ; {qualified(chance, depth)} ]"
        for _ in range(chance.randrange(2, 4))
    ]


def qualified(chance: random.Random, depth: int) -> str:
    least, most = f"sh:qualifiedMinCount {chance.randrange(0, 3)}", f"sh:qualifiedMaxCount {chance.randrange(0, 2)}"
    counts = chance.choice([least, most, f"{least} ; {most}"])
    return f"sh:qualifiedValueShape [ {inner(chance, depth)} ] ; {counts}"


def property_body(chance: random.Random, depth: int) -> str:
    if chance.random() < 0.15:
        return f"sh:path e:size ; {comparison(chance)}"
    parts = [value_constraint(chance, depth) for _ in range(chance.randrange(0, 3))]
    parts += [focus_constraint(chance, depth) for _ in range(chance.randrange(0, 3))]
    if depth and chance.random() < 0.2:
        parts.append(f"sh:property [ {property_body(chance, depth - 1)} ]")
    if depth == 2 and chance.random() < 0.1:
        parts.append(f'sh:sparql [ sh:prefixes e: ; sh:select """{chance.choice(OF_A_PATH)}""" ]')
    if chance.random() < 0.03:
        parts.append("sh:deactivated true")
    return " ; ".join([f"sh:path {path(chance)}", *once(parts)])


def comparison(chance: random.Random) -> str:
    bounds = [f"sh:{kind}{end}clusive {chance.choice(NUMBERS)}" for kind in ("min", "max") for end in ("In", "Ex")]
    pairs = [f"sh:{kind} {chance.choice(SIZES)}" for kind in ("lessThan", "lessThanOrEquals")]
    return chance.choice(bounds + pairs)


def once(parts: list[str]) -> list[str]:
    """Of each parameter the first, but of those that may be given several times all."""
    return list({part if part.split()[0] in OFTEN else part.split()[0]: part for part in reversed(parts)}.values())


def path(chance: random.Random) -> str:
    p, q = chance.choice(PROPERTIES), chance.choice(PROPERTIES)
    if chance.random() < 0.1:
        return deep_path(chance, 2)
    rare = [f"[ sh:inversePath {p} ]", f"( {p} {q} )", f"[ sh:alternativePath ( {p} {q} ) ]",
            f"[ sh:zeroOrMorePath {p} ]", f"[ sh:oneOrMorePath {p} ]", f"[ sh:zeroOrOnePath {p} ]",
            f"( {p} [ sh:zeroOrMorePath {q} ] )"]  # fmt: skip
    return p if chance.random() < 0.6 else chance.choice(rare)


def deep_path(chance: random.Random, depth: int) -> str:
    """A path of paths. None is the inverse of more than one step, of which pySHACL has its own idea, or repeats what is
    repeated, which pySHACL writes as no SPARQL."""
    if not depth:
        p = chance.choice(PROPERTIES)
        return chance.choice([p, f"[ sh:inversePath {p} ]"])
    one, other = deep_path(chance, depth - 1), deep_path(chance, depth - 1)
    repeated = chance.choice(["zeroOrMore", "oneOrMore", "zeroOrOne"])
    again = f"( {one} {other} )" if "More" in one or "zero" in one else one
    either = f"[ sh:alternativePath ( {one} {other} ) ]"
    return chance.choice([f"( {one} {other} )", either, f"[ sh:{repeated}Path {again} ]", one])


def value_constraint(chance: random.Random, depth: int) -> str:
    kinds = [
        lambda: f"sh:class {chance.choice(CLASSES)}",
        lambda: f"sh:datatype {chance.choice(DATATYPES)}",
        lambda: f"sh:nodeKind sh:{chance.choice(['IRI', 'Literal', 'BlankNodeOrIRI', 'IRIOrLiteral'])}",
        lambda: f"sh:minLength {chance.randrange(0, 4)}",
        lambda: f"sh:maxLength {chance.randrange(0, 12)}",
        lambda: f'sh:pattern "{chance.choice(["^a", "b$", "n[0-3]", "A"])}" ; sh:flags "i"',
        lambda: f"sh:languageIn ( {chance.choice(LANGUAGES)} )",
        lambda: f"sh:in ( {' '.join(chance.sample(NODES + NUMBERS + TEXTS + WRITTEN_OTHERWISE, 6))} )",
        lambda: f"sh:{chance.choice(['equals', 'disjoint'])} {chance.choice(PROPERTIES)}",
    ]  # fmt: skip
    kinds += [
        lambda: f"e:longest {chance.randrange(5, 30)}" + chance.choice(["", " ; e:but \"abc\""]),
        lambda: f"e:leads {chance.choice(CLASSES)}",
        lambda: f"e:loop {chance.choice(PROPERTIES)}",
    ]
    nested = [
        lambda: f"sh:not [ {inner(chance, depth)} ]",
        lambda: f"sh:node [ {node_body(chance, depth - 1)} ]",
        lambda: f"sh:{chance.choice(['and', 'or', 'xone'])} ( [ {inner(chance, depth)} ] [ {inner(chance, depth)} ] )",
    ]
    return chance.choice(kinds + nested if depth else kinds)()


def inner(chance: random.Random, depth: int) -> str:
    return property_body(chance, depth - 1) if chance.random() < 0.5 else value_constraint(chance, depth - 1)


def focus_constraint(chance: random.Random, depth: int) -> str:
    kinds = [
        lambda: f"sh:minCount {chance.randrange(0, 4)}",
        lambda: f"sh:maxCount {chance.randrange(0, 3)}",
        lambda: f"sh:hasValue {chance.choice(NODES + TEXTS + NUMBERS + WRITTEN_OTHERWISE)}",
        lambda: "sh:uniqueLang true",
    ]
    nested = [
        lambda: qualified(chance, depth),
        lambda: qualified(chance, depth),
    ]
    return chance.choice(kinds + nested if depth else kinds)()
