"""What shapes leave out of the data: instances of classes that none looks at, predicates that none looks along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, Store

from kgtool.shacl.endpoint import Endpoint
from kgtool.shacl.index import Triples
from kgtool.shacl.literals import Data, stored
from kgtool.shacl.reads import reads
from kgtool.shacl.run import Engine, indexed, supported
from kgtool.shacl.shapes import Shapes
from kgtool.shacl.writer import FIRST_FOCUS, TYPE, negated, one_of
from kgtool.terms import RDF, RDFS, SH

_OF_COURSE = {f"{RDF}type", f"{RDF}first", f"{RDF}rest", f"{RDFS}subClassOf"}


@dataclass(frozen=True)
class Unseen:
    """Classes with how many nodes of theirs no shape looks at, and predicates that no shape says anything of."""

    classes: tuple[tuple[str, int], ...] = ()
    predicates: tuple[str, ...] = ()


def unseen(data: Store | Data | Endpoint, shapes: Triples | Iterable[Quad]) -> Unseen:
    """What the shapes with targets leave out; nothing of predicates where their SPARQL does not let one tell."""
    known = supported(indexed(shapes))[0]
    if not known.roots:
        return Unseen()
    engine = Engine(stored(data) if isinstance(data, Store) else data, known)
    return Unseen(tuple(_classes(engine, known)), tuple(_predicates(engine, known)))


def _classes(engine: Engine, shapes: Shapes) -> Iterable[tuple[str, int]]:
    targets = dict.fromkeys(target for shape in shapes.roots for target in shape.targets)
    direct = [str(target.term) for target in targets if target.kind == "class"]
    others = " && ".join(f"!EXISTS {{ {engine.writer.scope((target,)).pattern} }}" for target in targets)
    # The classes that shapes name are left out first: asked of all their instances, the rest would cost a scan for each.
    # Nothing is ordered there: the engine would order every triple before it counts.
    query = (f"SELECT ?class (COUNT(DISTINCT {FIRST_FOCUS}) AS ?n) WHERE {{ {FIRST_FOCUS} {TYPE} ?class "
             f"FILTER(IF({negated(one_of('?class', direct))}, {others}, false)) }} GROUP BY ?class")
    for row in sorted(engine.select(query), key=lambda row: str(row["class"])):
        if isinstance(row["class"], NamedNode) and not row["class"].value.startswith(SH):
            yield row["class"].value, int(row["n"].value)


def _predicates(engine: Engine, shapes: Shapes) -> Iterable[str]:
    read = reads(shapes)
    if read is None:
        return
    seen = _OF_COURSE | {each.predicate.value for each in read if each.predicate}
    used = {row["predicate"].value for row in engine.select("SELECT DISTINCT ?predicate WHERE { ?s ?predicate ?o }")}
    yield from sorted(name for name in used - seen if not name.startswith(SH))
