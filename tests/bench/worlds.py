"""Synthetic worlds of the shape of the founding graph, of any size: drugs, diseases, sources, and what these claim.

The same size and seed give the same quads, each in the named graph in which a build would put it. What is much spoken
of (a sign, a disease, a class, a company) is so by the square root of the world: claims that meet in pairs there grow
about as the world does, and what grows faster is the doing of the rule that joins them. Only what everything shares in
the founding graph too, one placebo, two routes, one register, one database of signs, is here the same for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from pyoxigraph import Literal, NamedNode, Quad

from kgtool import authored, rdf, records, store
from kgtool.claim import HierarchyTerm, Mapping
from kgtool.store import Store
from kgtool.terms import GRAPH, SKOS, Prefixes, kg
from tests.bench import drugs
from tests.bench.spelling import OBO, ROUTES, TRUE, disease, ours, sign, source, thing, typed
from tests.bench.teller import Teller

ROOT = Path(__file__).resolve().parents[2]
TRIPLES_PER_DRUG = 2050  # with all that is claimed of it, of its diseases, studies and makers
SMALLEST = 3
# The few that every world has, by kind.
FIXED = {
    "Jurisdiction": ("here", "there"),
    "Comparator": ("placebo",),
    "Population": ("volunteers",),
    "DoseForm": ("tablet", "solution"),
    "Concept": ("generic", "orphan-drug", "rare", "mechanism"),
    "Role": ("transmitter",),
    "Process": ("loss-of-cells", "signalling"),
    "Target": ("receptor-a", "receptor-b", "receptor-c"),
    "Chemical": ("chemical-a", "chemical-b"),
    "AnatomicalSite": ("brain", "spine"),
    "Journal": ("journal-a", "journal-b"),
    "Organisation": ("authority", "publisher", "curators"),
}


def quads(triples: int, seed: int = 7) -> Iterator[Quad]:
    """About so many quads, without the ontology: what a build has before it runs its rules."""
    world = Teller(max(SMALLEST, round(triples / TRIPLES_PER_DRUG)), Random(seed))
    yield from _shared(world)
    yield from _hierarchies(world)
    yield from _companies(world)
    for number in range(world.diseases):
        yield from _disease(world, number)
    for number in range(world.signs):
        yield from _sign(world, number)
    for number in range(world.drugs):
        yield from drugs.said_of(world, number)
    # last, when it is known which signs are spoken of in which diseases
    for s, d in world.contexts:
        facts = ("sign", sign(s)), ("inDisease", disease(d))
        yield from thing(world.context(s, d), "ConditionInContext", f"sign {s} in disease {d}", *facts)


def ontology() -> Iterator[Quad]:
    """The project's own vocabulary, lists and policies, as a build reads them."""
    graph = NamedNode(GRAPH + "vocabulary")
    for name in authored.ONTOLOGY_FILES:
        for quad in rdf.read(ROOT / "ontology" / name):
            yield Quad(quad.subject, quad.predicate, quad.object, graph)


def prefixes() -> Prefixes:
    return rdf.prefixes(rdf.read(ROOT / "ontology" / "prefixes.ttl"))


def filled(triples: int, seed: int = 7) -> Store:
    """A store in memory with the ontology and a world, as a build leaves it to its first rule."""
    made = store.in_memory(ontology(), prefixes())
    made.engine.bulk_extend(quads(triples, seed))
    return made


def _shared(world: Teller) -> Iterator[Quad]:
    made_up = Literal("No open identifier stands for it: it is made up.")
    for kind, names in FIXED.items():
        yield from (quad for name in names for quad in thing(ours(name), kind, name, ("unverified", made_up)))
    for name, iri in ROUTES.items():
        yield from thing(NamedNode(iri), "Route", name)
    for name, kind in (
        ("register", "registry"),
        ("effects", "database"),
        ("signs", "database"),
        ("classes", "database"),
        ("mined", "machineMadeDatabase"),
        ("trials", "trialRegister"),
    ):
        yield from source(name, kind, ours("curators"))
    yield from world.claim("signs-v1", ours("chemical-a"), "hasRole", ours("transmitter"))
    yield from world.claim("signs-v1", ours("chemical-a"), "decreases", ours("signalling"))
    for number in range(world.classes):
        yield from thing(ours(f"class-{number}"), "DrugClass", f"class {number}")


def _hierarchies(world: Teller) -> Iterator[Quad]:
    """Two releases of one hierarchy of diseases, one of another, one of signs; each term may have two parents."""
    doid = f"{OBO}DOID_{{}}"
    for name, hierarchy, many, term, default in (
        ("mondo-new", "mondo", world.diseases, lambda n: disease(n).value, True),
        ("mondo-old", "mondo", world.diseases, lambda n: disease(n).value, False),
        ("doid-new", "doid", world.diseases, lambda n: doid.format(9_000_000 + n), True),
        ("hp-new", "hp", world.signs, lambda n: sign(n).value, True),
    ):
        graph = f"{GRAPH}hierarchy-{name}"
        yield from thing(
            ours(f"hierarchy-{name}"),
            "HierarchyRelease",
            f"hierarchy {name}",
            ("hierarchy", Literal(hierarchy)),
            ("releaseName", Literal(name)),
            ("hierarchyGraph", NamedNode(graph)),
            ("isDefaultRelease", TRUE if default else typed("false", "boolean")),
        )
        for number in range(many):
            parents = dict.fromkeys(term(parent) for parent in _parents(world, number))
            label = f"{'sign' if hierarchy == 'hp' else 'disease'} {number}"
            yield from records.hierarchy_quads(HierarchyTerm(term(number), label, tuple(parents)), graph)
    for number in range(0, world.diseases, 2):
        yield from records.mapping_quads(
            Mapping(
                disease(number).value,
                SKOS + "exactMatch",
                doid.format(9_000_000 + number),
                f"disease {number}",
                "https://w3id.org/semapv/vocab/ManualMappingCuration",
                "synthetic",
            )
        )


def _parents(world: Teller, number: int) -> list[int]:
    if number == 0:
        return []
    # a second parent beside the first, so that a term has about twice as many ancestors as it is deep
    beside = max(0, number // 4 - 1)
    return [number // 4, beside] if world.chance.random() < 0.2 and beside != number // 4 else [number // 4]


def _companies(world: Teller) -> Iterator[Quad]:
    """Each with its page, which tells whether it went up in another: families may be large."""
    for number in range(world.companies):
        yield from thing(ours(f"company-{number}"), "Organisation", f"company {number}")
        yield from source(f"history-{number}", "companyPage", ours(f"company-{number}"))
        if number and world.chance.random() < 0.4:
            yield from world.claim(
                f"history-{number}-v1",
                ours(f"company-{number}"),
                "mergedInto",
                ours(f"company-{number // 3}"),
                ("inYear", typed(str(1950 + number % 70), "gYear")),
            )


def _disease(world: Teller, number: int) -> Iterator[Quad]:
    it = disease(number)
    yield from thing(it, "Disease", f"disease {number}")
    for _ in range(3):
        shown = sign(world.often(world.signs))
        yield from world.claim("signs-v1", it, "hasSign", shown, modality=world.chance.choice(drugs.SURELY))
    if number % 5 == 0:
        yield from world.claim("signs-v1", it, "involves", ours("signalling"), ("degree", Literal("strongly")))
        yield from world.claim("signs-v1", it, "hasCharacteristic", ours("rare"), ("extent", Literal("one in 100,000")))
        yield from world.claim("signs-v1", it, "causedBy", ours("loss-of-cells"), ("through", ours("signalling")))


def _sign(world: Teller, number: int) -> Iterator[Quad]:
    opposite = (("oppositeOf", sign(number + 1)),) if number % 10 == 0 and number + 1 < world.signs else ()
    yield from thing(sign(number), "Sign", f"sign {number}", *opposite)
    if number % 10 == 5:
        yield from world.claim(
            "signs-v1",
            sign(number),
            "hasQuality",
            sign(number - 1),
            ("gloss", Literal("in plain words", language="en")),
        )
        yield from world.claim(
            "signs-v1", sign(number), "describedAs", Literal("a sign", language="en"), ("register", kg("lay"))
        )
