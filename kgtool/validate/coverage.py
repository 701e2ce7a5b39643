"""What the shapes leave out: shapes that look at nothing, data no shape looks at, and words SHACL does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pyoxigraph import NamedNode, Quad

from kgtool import rdf
from kgtool.errors import amount
from kgtool.report import Finding, Report
from kgtool.store import GraphStore
from kgtool.terms import KG, RDF, RDFS, SH, Prefixes, Term, did_you_mean

_TARGETS = {
    SH + "targetClass": "?node a <{}>",
    SH + "targetNode": "BIND(<{}> AS ?node)",
    SH + "targetSubjectsOf": "?node <{}> ?value",
    SH + "targetObjectsOf": "?value <{}> ?node",
}
_NODE_SHAPE, _CLASS = NamedNode(SH + "NodeShape"), NamedNode(RDFS + "Class")
_SHAPES = {_NODE_SHAPE, NamedNode(SH + "PropertyShape")}
_LISTS = (RDF + "first", RDF + "rest")
_PATHS = tuple(SH + name for name in
               ("inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"))

# The terms the engines understand. Those of the advanced features are left out on purpose: they would do nothing.
# https://www.w3.org/TR/shacl/
TERMS = frozenset(SH + name for name in """
    Shape NodeShape PropertyShape targetClass targetNode targetSubjectsOf targetObjectsOf property path node
    inversePath alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath
    class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive minLength maxLength
    pattern flags languageIn uniqueLang equals disjoint lessThan lessThanOrEquals not and or xone
    qualifiedValueShape qualifiedMinCount qualifiedMaxCount qualifiedValueShapesDisjoint closed ignoredProperties
    hasValue in deactivated severity Violation Warning Info message name description order group defaultValue
    PropertyGroup IRI Literal BlankNode IRIOrLiteral BlankNodeOrIRI BlankNodeOrLiteral
    sparql SPARQLConstraint select ask prefixes declare PrefixDeclaration prefix namespace
    ConstraintComponent parameter Parameter optional validator nodeValidator propertyValidator labelTemplate
    SPARQLAskValidator SPARQLSelectValidator
""".split())

# The rest of the namespace: features that are left out, and the words of reports.
ALL_TERMS = TERMS | {SH + name for name in """
    target Target TargetType SPARQLTarget SPARQLTargetType Rule rule SPARQLRule TripleRule condition construct update
    subject predicate object this expression filterShape nodes union intersection Function SPARQLFunction returnType
    js JSConstraint JSExecutable JSFunction JSLibrary JSRule JSTarget JSTargetType JSValidator jsFunctionName jsLibrary
    jsLibraryURL entailment shapesGraph suggestedShapesGraph shapesGraphWellFormed Parameterizable Validator NodeKind
    Severity SPARQLExecutable SPARQLAskExecutable SPARQLSelectExecutable SPARQLConstructExecutable
    SPARQLUpdateExecutable ResultAnnotation resultAnnotation annotationProperty annotationValue annotationVarName
    ValidationReport ValidationResult AbstractResult conforms result detail focusNode value resultPath resultMessage
    resultSeverity sourceShape sourceConstraint sourceConstraintComponent
""".split()} | {f"{SH}{kind}ConstraintComponent" for kind in """
    And Class Closed Datatype Disjoint Equals Expression HasValue In JS LanguageIn LessThan LessThanOrEquals MaxCount
    MaxExclusive MaxInclusive MaxLength MinCount MinExclusive MinInclusive MinLength Node NodeKind Not Or Pattern
    Property QualifiedMaxCount QualifiedMinCount SPARQL UniqueLang Xone
""".split()}

MOST_NAMED = 5  # of shapes that wait, in the note on them

_SPOKEN_OF = {SH + name for name in ("targetClass", "targetNode", "class", "hasValue")}

Nodes = Mapping[Term, Mapping[NamedNode, tuple[Term, ...]]]


def report(store: GraphStore, shapes: Sequence[Quad]) -> Report:
    """Findings on the shapes themselves; ``covered`` has how many shapes there are and what they look at."""
    nodes = rdf.nodes(shapes)
    looked_at = {shape: _count(store, shape, nodes) for shape in _targeted(nodes)}
    idle = [shape for shape, count in looked_at.items() if not count]
    waiting = [shape for shape in idle if _waits(shape, nodes, store)]
    found = [
        *_unknown_terms(nodes, store.prefixes),
        *_undeclared(nodes, store),
        *(_looks_at_nothing(shape, store.prefixes) for shape in idle if shape not in waiting),
        *_untargeted_classes(store, nodes),
        *_untargeted_predicates(store, nodes),
    ]
    # one word misspelt twice in a shape is one finding: both would stand at the same place
    covered = {"shapes": len(looked_at), "focus nodes": sum(looked_at.values())}
    return Report.of(dict.fromkeys(found), covered, _waiting(waiting, store.prefixes))


def _targeted(nodes: Nodes) -> list[NamedNode]:
    """Named shapes with a target, and those without one that no other shape leads to either."""
    led_to = {value for _, _, value in _statements(nodes)}
    return [
        node for node, properties in nodes.items()
        if isinstance(node, NamedNode)
        and (_targets(node, nodes) or (_SHAPES & set(properties.get(rdf.TYPE, ())) and node not in led_to))
    ]


def _targets(shape: Term, nodes: Nodes) -> list[tuple[str, str]]:
    """How the shape chooses what it looks at, and by which name; a shape that is a class looks at its instances."""
    properties = nodes[shape]
    chosen = [(how, value.value) for how in _TARGETS for value in properties.get(NamedNode(how), ())
              if isinstance(value, NamedNode)]
    is_class = _CLASS in properties.get(rdf.TYPE, ()) and _NODE_SHAPE in properties.get(rdf.TYPE, ())
    return [*chosen, (SH + "targetClass", shape.value)] if is_class else chosen


def _count(store: GraphStore, shape: NamedNode, nodes: Nodes) -> int:
    """How many nodes a shape looks at."""
    patterns = [
        _TARGETS[how].format(name)
        for how, value in _targets(shape, nodes)
        for name in (_kinds(store, value) if how == SH + "targetClass" else [value])
    ]
    ways = " UNION ".join(f"{{ {pattern} }}" for pattern in patterns)
    return int(store.select(f"SELECT (COUNT(DISTINCT ?node) AS ?n) {{ {ways} }}").rows[0][0].value) if ways else 0


def _kinds(store: GraphStore, kind: str) -> set[str]:
    """A class and its subclasses."""
    below = store.select(f"SELECT DISTINCT ?below {{ ?below rdfs:subClassOf+ <{kind}> }}")
    return {kind, *(row[0].value for row in below.rows)}


def _looks_at_nothing(shape: NamedNode, prefixes: Prefixes) -> Finding:
    return Finding("warning", "coverage", shape.value, f"shape {prefixes.show(shape)} looks at nothing in the graph",
                   "correct its target, or take it out until there is data for it", shape=shape.value)


def _waits(shape: NamedNode, nodes: Nodes, store: GraphStore) -> bool:
    """Whether a shape looks at what the vocabulary declares, of which there is none so far."""
    targets = [NamedNode(value) for _, value in _targets(shape, nodes)]
    return bool(targets) and all(next(store.match(target, rdf.TYPE), None) for target in targets)


def _waiting(shapes: Sequence[NamedNode], prefixes: Prefixes) -> Iterator[str]:
    if shapes:
        named = ", ".join(map(prefixes.show, shapes[:MOST_NAMED])) + (" …" if len(shapes) > MOST_NAMED else "")
        yield f"of what {amount(len(shapes), 'shape')} would look at, the graph holds nothing yet: {named}"


def _untargeted_classes(store: GraphStore, nodes: Nodes) -> Iterator[Finding]:
    """Classes with an instance that no shape looks at."""
    targets = {pair for node in nodes for pair in _targets(node, nodes)}
    looked_at = {kind for how, value in targets if how == SH + "targetClass" for kind in _kinds(store, value)}
    used = store.select("SELECT DISTINCT ?kind { ?node a ?kind } ORDER BY ?kind")
    for (kind,) in used.rows:
        if kind.value in looked_at:
            continue
        missed = [node for node in _of_no_other(store, kind, looked_at) if not _is_looked_at(store, node, targets)]
        if missed:
            yield _missed(kind, missed, store.prefixes)


def _of_no_other(store: GraphStore, kind: Term, kinds: set[str]) -> list[Term]:
    """The instances of a class that are of none of some others."""
    rows = store.select(f"SELECT DISTINCT ?node ?other {{ ?node a {kind}, ?other }} ORDER BY ?node ?other").rows
    of_others = {node for node, other in rows if other.value in kinds}
    return [node for node in dict.fromkeys(node for node, _ in rows) if node not in of_others]


def _is_looked_at(store: GraphStore, node: Term, targets: set[tuple[str, str]]) -> bool:
    """Whether a shape looks at a node for another reason than its class."""
    return (
        (SH + "targetNode", node.value) in targets
        or any((SH + "targetSubjectsOf", quad.predicate.value) in targets for quad in store.match(node))
        or any((SH + "targetObjectsOf", quad.predicate.value) in targets for quad in store.match(None, None, node))
    )


def _missed(kind: Term, missed: list[Term], prefixes: Prefixes) -> Finding:
    many = "one thing" if len(missed) == 1 else f"{len(missed)} things"
    return Finding(
        "warning", "coverage", missed[0].value,
        f"no shape looks at {many} of class {prefixes.show(kind)}, {prefixes.show(missed[0])} among them",
        "give the class a shape under ontology/shapes/", path=RDF + "type", value=kind.value,
    )


def _untargeted_predicates(store: GraphStore, nodes: Nodes) -> Iterator[Finding]:
    known = set(_path_predicates(nodes)) | {RDF + "type"}
    used = store.select("SELECT DISTINCT ?predicate { ?subject ?predicate ?object } ORDER BY ?predicate")
    for (predicate,) in used.rows:
        if predicate.value not in known:
            first = next(store.match(None, predicate))
            yield Finding("warning", "coverage", first.subject.value,
                          f"no shape says anything of {store.prefixes.show(predicate)}",
                          "add it to the shape of its subjects under ontology/shapes/", path=predicate.value)


def _path_predicates(nodes: Nodes) -> Iterator[str]:
    """Every predicate that some sh:path passes over, however deep in it."""
    waiting = [path for properties in nodes.values() for path in properties.get(NamedNode(SH + "path"), ())]
    while waiting:
        path = waiting.pop()
        if isinstance(path, NamedNode):
            yield path.value
        else:
            inside = nodes.get(path, {})
            waiting += [part for name in (*_LISTS, *_PATHS) for part in inside.get(NamedNode(name), ())]


def _unknown_terms(nodes: Nodes, prefixes: Prefixes) -> Iterator[Finding]:
    """Words in SHACL's namespace that SHACL does not have: an engine would pass over them in silence."""
    for node, predicate, value in _statements(nodes):
        for term in (predicate, value):
            # a shape may speak of things that are no rules for the engine, such as example queries
            known = ALL_TERMS if term is value and predicate.value in _SPOKEN_OF else TERMS
            if isinstance(term, NamedNode) and term.value.startswith(SH) and term.value not in known:
                yield _unknown("SHACL", term, node, predicate, nodes, prefixes, TERMS)


def _undeclared(nodes: Nodes, store: GraphStore) -> Iterator[Finding]:
    """Words of our own namespace that the vocabulary does not declare."""
    declared = None
    for node, predicate, value in _statements(nodes):
        if not isinstance(value, NamedNode) or not value.value.startswith(KG):
            continue
        if next(store.match(value, rdf.TYPE), None) is None:
            declared = declared or _our_terms(store)
            yield _unknown("the vocabulary", value, node, predicate, nodes, store.prefixes, declared)


def _our_terms(store: GraphStore) -> set[str]:
    query = f'SELECT DISTINCT ?term {{ ?term rdfs:label ?label FILTER(STRSTARTS(STR(?term), "{KG}")) }}'
    return {row[0].value for row in store.select(query).rows}


def _statements(nodes: Nodes) -> Iterator[tuple[Term, NamedNode, Term]]:
    for node, properties in nodes.items():
        for predicate, values in properties.items():
            for value in values:
                yield node, predicate, value


def _unknown(where: str, term: NamedNode, node: Term, predicate: NamedNode, nodes: Nodes, prefixes: Prefixes,
             known: Iterable[str]) -> Finding:
    shown = prefixes.show(term)
    remedy = did_you_mean(shown, map(prefixes.contract, known)) or f"{where} has no such term that the engine knows"
    shape = _named(node, nodes)
    return Finding("violation", "coverage", shape, f"the shape uses {shown}, which is no term of {where}", remedy,
                   path=predicate.value, value="" if term == predicate else term.value, shape=shape)


def _named(node: Term, nodes: Nodes) -> str:
    """The name of the shape that a node lies in."""
    around = {value: outer for outer, _, value in _statements(nodes) if not isinstance(value, NamedNode)}
    while not isinstance(node, NamedNode) and node in around:
        node = around[node]
    return node.value
