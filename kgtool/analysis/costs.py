"""What makes a query slow, read from its algebra: each costly form with the form that gives the same answer for less.

The store's planner has no statistics. It begins with the pattern that looks smallest, looks the next up for each row
where that is a plain pattern, a path or a chain of them, and answers everything else (a group of patterns in OPTIONAL,
UNION or EXISTS, a subquery) once and as a whole before it joins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import rdflib
from rdflib.paths import MulPath, Path
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import BNode, Identifier, URIRef, Variable

from kgtool.analysis import algebra
from kgtool.analysis.algebra import (
    Pattern,
    anchored,
    chain,
    conditions,
    is_lateral,
    islands,
    joined,
    links,
    parts,
    tests,
    variables,
    variables_of,
)
from kgtool.terms import KG


@dataclass(frozen=True)
class Cost:
    """``form`` names the kind of cost, ``found`` is the part of the query, ``better`` what to write instead."""

    form: str
    found: str
    why: str
    better: str


def costs(sparql: str, prefixes: Mapping[str, str]) -> list[Cost]:
    """The costly forms of a query that is known to be SPARQL, in the order of its parts; each once."""
    shown = rdflib.Graph(bind_namespaces="none").namespace_manager
    for prefix, namespace in prefixes.items():
        shown.bind(prefix, namespace)
    query = algebra.read(sparql, prefixes)
    known = _known(query)
    looked_up = {id(part) for group in parts(query) if is_lateral(group) for part in parts(group.p)}
    found = list(_of_answer(query, known))
    for part in parts(query):
        found += _of(part, known, shown) if id(part) not in looked_up else _of_each(part, shown)
    return list(dict.fromkeys(found))


def _known(query: CompValue) -> set[Variable]:
    """The variables that VALUES gives a thing."""
    listed = (row for part in parts(query) if part.name == "values" for row in part.res)
    return {variable for row in listed for variable, term in row.items() if isinstance(term, Identifier)}


def _of(part: CompValue, known: set[Variable], shown) -> Iterator[Cost]:
    write = partial(_written, shown=shown)
    match part.name:
        case "BGP":
            yield from _any_triple(part.triples, known, write)
            yield from _free_paths(part.triples, known, write)
        case "Graph":
            yield from _hierarchy_paths(part, write)
        case "LeftJoin":
            yield from _optional(part, write)
        case "Union":
            yield from _union(part, known, write)
        case "Join":
            yield from _subquery(part, known, write)
        case "Filter":
            yield from _exists(part, write)
            yield from _contains(part, write)
            yield from _one_of(part, known, shown)
    if part.name in ("Filter", "Project"):
        yield from _cross(part, known, write)
        yield from _path_last(part, known, write)


def _of_each(part: CompValue, shown) -> Iterator[Cost]:
    """What is costly inside LATERAL, where everything is looked up for each row: what begins from nothing does not."""
    write = partial(_written, shown=shown)
    if part.name == "Graph":
        yield from _hierarchy_paths(part, write)
    elif part.name == "Filter":
        yield from _contains(part, write)


def _of_answer(query: CompValue, known: set[Variable]) -> Iterator[Cost]:
    names = [part.name for part in chain(query)]
    patterns = [pattern for part in parts(query) if part.name == "BGP" for pattern in part.triples]
    if "OrderBy" in names and not {"Slice", "AggregateJoin"} & set(names) and not known and not anchored(patterns):
        yield Cost(
            "order-of-all", "ORDER BY without LIMIT, over a pattern that begins from no thing",
            "every row is kept in memory and sorted before the first is given",
            "begin from a thing: VALUES ?drug { id:baclofen }; LIMIT keeps the answer small, but all rows are sorted for it, too",
        )


def _any_triple(patterns: list[Pattern], known: set[Variable], write) -> Iterator[Cost]:
    for pattern in patterns:
        elsewhere = known.union(*(variables_of(other) for other in patterns if other is not pattern))
        if all(isinstance(term, Variable | BNode) and term not in elsewhere for term in pattern):
            yield Cost(
                "any-triple", write([pattern]), "matches every triple of the graph",
                "name the predicate, or begin from a thing: id:baclofen ?p ?o; `kgtool stats` counts what there is",
            )


def _free_paths(patterns: list[Pattern], known: set[Variable], write) -> Iterator[Cost]:
    for pattern in patterns:
        start, path, end = pattern
        elsewhere = known.union(*(variables_of(other) for other in patterns if other is not pattern))
        if isinstance(path, MulPath) and all(isinstance(t, Variable) and t not in elsewhere for t in (start, end)):
            yield Cost(
                "free-path", write([pattern]), "walks from every node of the graph, as neither end is known",
                f"put the constant into the path, where a FILTER or VALUES names it: "
                f"{write([(start, path, rdflib.URIRef('…'))]).replace('<…>', 'kg:Entity')}",
            )


def _path_last(part: CompValue, known: set[Variable], write) -> Iterator[Cost]:
    """A path up to a thing is walked from each value that the other patterns give its variable; of mere types it is not."""
    patterns = list(joined(part.p))
    fixed = [p for p in patterns if isinstance(p[1], MulPath) and isinstance(p[0], Variable) and isinstance(p[2], URIRef)]
    others = [pattern for pattern in patterns if pattern not in fixed]
    if _begins(others, known) or all(predicate == rdflib.RDF.type for _, predicate, _ in others):
        return
    for start, path, end in fixed:
        if any(value == start for _, _, value in others):
            walked = write([(start, path, end)])
            yield Cost(
                "path-last", walked,
                f"is walked from every {start.n3()} that the other patterns give, though it ends in one thing",
                f"walk it once, from its end: {{ SELECT DISTINCT {start.n3()} {{ {walked} }} }}",
            )


def _hierarchy_paths(part: CompValue, write) -> Iterator[Cost]:
    """In a release of a hierarchy all that stands above a term is written beside it."""
    for pattern in (pattern for inner in parts(part.p) if inner.name == "BGP" for pattern in inner.triples):
        start, path, end = pattern
        if isinstance(path, MulPath) and path.path == rdflib.RDFS.subClassOf:
            above = write([(start, rdflib.SKOS.broaderTransitive, end)])
            yield Cost(
                "hierarchy-path", write([pattern]),
                "climbs the hierarchy a step at a time, for every term that comes into question",
                f"GRAPH graph:ancestors-NAME {{ {above} }}, beside graph:hierarchy-NAME; a term is not its own ancestor there",
            )


def _optional(part: CompValue, write) -> Iterator[Cost]:
    """A star inside OPTIONAL is answered for the whole graph; a single pattern, or a chain, is looked up."""
    inner = part.p2.p if part.p2.name == "Filter" else part.p2
    if inner.name != "BGP" or len(inner.triples) < 2:
        return
    centres = {subject for subject, _, _ in inner.triples}
    if len(centres) < len(inner.triples):
        first, *others = inner.triples
        nested = write([first]) + "".join(f" OPTIONAL {{ {write([other])} }}" for other in others)
        yield Cost(
            "optional-group", f"OPTIONAL {{ {write(inner.triples)} }}",
            "several patterns about one thing in OPTIONAL are answered for the whole graph and then joined",
            f"OPTIONAL {{ {nested} }}, where one is never there without the others; else LATERAL {{ OPTIONAL {{ … }} }}",
        )


def _union(part: CompValue, known: set[Variable], write) -> Iterator[Cost]:
    """A star around what VALUES names is answered for every such thing where the VALUES stand outside of the branch."""
    for branch in (part.p1, part.p2):
        subjects = [subject for subject, _, _ in branch.triples] if branch.name == "BGP" else []
        for centre in sorted({one for one in subjects if one in known and subjects.count(one) > 1}):
            yield Cost(
                "union-branch", f"UNION {{ {write(branch.triples)} }}",
                f"several patterns about {centre.n3()} are answered for the whole graph before its VALUES are joined",
                f"repeat its VALUES in each branch: {{ VALUES {centre.n3()} {{ … }} {write(branch.triples)} }}",
            )


def _subquery(part: CompValue, known: set[Variable], write) -> Iterator[Cost]:
    """Groups counted for the whole graph, of which those about one thing are then wanted."""
    inner = [pattern for one in parts(part.p2) if one.name == "BGP" for pattern in one.triples]
    counts = part.p2.name == "ToMultiSet" and any(one.name == "AggregateJoin" for one in parts(part.p2))
    outer = [pattern for pattern in joined(part.p1) if anchored([pattern]) or pattern[0] in known]
    if counts and outer and inner and not anchored(inner) and not any(variables_of(pattern) & known for pattern in inner):
        yield Cost(
            "subquery-of-all", f"{{ SELECT … {{ {write(inner)} }} GROUP BY … }} beside {write(outer[:1])}",
            "the subquery is answered for the whole graph and then joined, though few of its groups are wanted",
            f"look each of them up: LATERAL {{ SELECT … {{ {write(inner)} }} GROUP BY … }}, after what it is joined to",
        )


def _exists(part: CompValue, write) -> Iterator[Cost]:
    for test in tests(part.expr, ("Builtin_NOTEXISTS", "Builtin_EXISTS")):
        inner = [pattern for one in parts(test.graph) if one.name == "BGP" for pattern in one.triples]
        outer = {t for one in parts(part.p) if one.name == "BGP" for p in one.triples for t in (p[0], p[2])}
        shared = {t for pattern in inner for t in (pattern[0], pattern[2]) if isinstance(t, Variable) and t in outer}
        if len(inner) < 2:
            continue
        words = "FILTER NOT EXISTS" if test.name == "Builtin_NOTEXISTS" else "FILTER EXISTS"
        better = (
            f"MINUS {{ {write(inner)} }}" if test.name == "Builtin_NOTEXISTS"
            else f"{{ SELECT DISTINCT {' '.join(sorted(t.n3() for t in shared))} WHERE {{ {write(inner)} }} }}"
        )
        yield Cost(
            "exists-group", f"{words} {{ {write(inner)} }}",
            "several patterns in EXISTS are joined anew for every row; "
            "with two variables from outside that is every pair",
            better,
        )


def _one_of(part: CompValue, known: set[Variable], shown) -> Iterator[Cost]:
    """Things that are named in a FILTER; words of the vocabulary are said of so many that it makes no difference."""
    patterns = list(joined(part.p))
    if _begins(patterns, known):
        return
    ends = {term for subject, _, value in patterns for term in (subject, value)}
    for test in conditions(part.expr):
        compared, things = _things(test)
        if things and compared in ends:
            name, few = compared.n3(), [_term(term, shown) for term in things]
            form, found = ("one-thing", f"= {few[0]}") if test.op == "=" else ("one-of", f"IN ({', '.join(few)})")
            yield Cost(
                form, f"FILTER({name} {found})", "all that the patterns give is compared with what is named, thing by thing",
                f"begin from there: VALUES {name} {{ {' '.join(few)} }}, without the FILTER",
            )


def _things(test: CompValue) -> tuple[Identifier | None, list[URIRef]]:
    """What a condition compares with things alone, and these; nothing where it does something else."""
    if test.name != "RelationalExpression" or test.op not in ("IN", "="):
        return None, []
    compared, things = test.expr, test.other if test.op == "IN" else [test.other]
    if test.op == "=" and isinstance(compared, URIRef):
        compared, things = test.other, [compared]
    are_things = isinstance(things, list) and all(isinstance(term, URIRef) and not term.startswith(KG) for term in things)
    return (compared, things) if are_things else (None, [])


def _begins(patterns: list[Pattern], known: set[Variable]) -> bool:
    """Whether a group begins from a thing, or from what VALUES lists."""
    return anchored(patterns) or any(variables_of(pattern) & known for pattern in patterns)


def _contains(part: CompValue, write) -> Iterator[Cost]:
    texts = {o for one in parts(part.p) if one.name == "BGP" for _, p, o in one.triples if p in _NAMING}
    for test in tests(part.expr, ("Builtin_CONTAINS", "Builtin_REGEX", "Builtin_STRSTARTS")):
        if texts & set(variables(test)):
            yield Cost(
                "text-filter", f"FILTER({test.name.removeprefix('Builtin_')}(…)) over names or words",
                "reads every name in the graph, one by one",
                "kgtool search WORDS finds them through an index; put what it finds into VALUES ?thing { … }",
            )


_NAMING = (rdflib.RDFS.label, rdflib.SKOS.altLabel, rdflib.URIRef(KG + "inOwnWords"))


def _cross(part: CompValue, known: set[Variable], write) -> Iterator[Cost]:
    """Patterns of one group that share no variable make every pair of their rows; what is said of one thing, or of what
    VALUES lists, are few."""
    patterns = [pattern for pattern in joined(part.p) if variables_of(pattern) - known]
    apart = [island for island in islands(patterns, list(links(part.p))) if not all(_is_of_few(p, known) for p in island)]
    if len(apart) > 1:
        yield Cost(
            "cross-product", " × ".join(f"{{ {write(island)} }}" for island in apart),
            "the parts share no variable, so every row of one meets every row of the other",
            "write the same variable in both parts; FILTER(?a = ?b) compares only after all pairs are made",
        )


def _is_of_few(pattern: Pattern, known: set[Variable]) -> bool:
    return pattern[0] in known or not isinstance(pattern[0], Variable | BNode)


def _written(patterns: Iterable[Pattern], shown) -> str:
    return " . ".join(" ".join(_term(term, shown) for term in pattern) for pattern in patterns)


def _term(term: Identifier | Path, shown) -> str:
    if isinstance(term, BNode):
        return "[]"
    return "a" if term == rdflib.RDF.type else term.n3(shown)
