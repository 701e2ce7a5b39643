"""Synthetic worlds of the shape of the founding graph, of any size: drugs, diseases, sources, and what these claim.

The same size and seed give the same quads, each in the named graph in which a build would put it. What is much spoken
of (a sign, a disease, a class, a company) is so by the square root of the world: claims that meet in pairs there grow
about as the world does, and what grows faster is the doing of the rule that joins them. Only what everything shares in
the founding graph too, one placebo, two routes, one register, one database of signs, is here the same for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from pyoxigraph import Literal, NamedNode, Quad

from kgtool import authored, rdf, store
from kgtool.claim import HierarchyTerm, Mapping
from kgtool.store import Store
from kgtool.terms import GRAPH, SKOS, Prefixes, Term, kg
from tests.bench import spelling
from tests.bench.spelling import TRUE, ours, source, thing, typed

ROOT = Path(__file__).resolve().parents[2]
TRIPLES_PER_DRUG = 2050  # with all that is claimed of it, of its diseases, studies and makers
SMALLEST = 3
OBO = "http://purl.obolibrary.org/obo/"
ROUTES = {"oral": OBO + "NCIT_C38288", "intrathecal": OBO + "NCIT_C38267"}
SURELY = ("flat", "flat", "flat", "reported", "capability", "possible", "believed")
STANCES = ("indicated", "indicated", "indicated", "mayBeOfValue", "efficacyNotEstablished", "notIndicated", "contraindicated")
DIRECTIONS = ("favoursIntervention", "favoursIntervention", "noDifference", "inconclusive", "favoursComparator")
DESIGNS = ("schema:RandomizedTrial", "schema:DoubleBlindedTrial", "schema:MultiCenterTrial", "crossoverTrial")
# The few that every world has, by kind.
FIXED = {
    "Jurisdiction": ("here", "there"), "Comparator": ("placebo",), "Population": ("volunteers",),
    "DoseForm": ("tablet", "solution"), "Concept": ("generic", "orphan-drug", "rare", "mechanism"), "Role": ("transmitter",),
    "Process": ("loss-of-cells", "signalling"), "Target": ("receptor-a", "receptor-b", "receptor-c"),
    "Chemical": ("chemical-a", "chemical-b"), "AnatomicalSite": ("brain", "spine"), "Journal": ("journal-a", "journal-b"),
    "Organisation": ("authority", "publisher", "curators"),
}


def quads(triples: int, seed: int = 7) -> Iterator[Quad]:
    """About so many quads, without the ontology: what a build has before it runs its rules."""
    world = _World(max(SMALLEST, round(triples / TRIPLES_PER_DRUG)), Random(seed))
    yield from world.quads()


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


def disease(number: int) -> NamedNode:
    return NamedNode(f"{OBO}MONDO_{9_000_000 + number}")


def sign(number: int) -> NamedNode:
    return NamedNode(f"{OBO}HP_{9_000_000 + number}")


class _World:
    """The numbers of a world of so many drugs, and what was said in it so far."""

    def __init__(self, drugs: int, chance: Random):
        self.chance = chance
        self.drugs, self.diseases, self.signs = drugs, 2 * drugs + 10, drugs + 10
        self.companies, self.classes = drugs // 2 + 2, drugs // 8 + 2
        self.contexts: dict[tuple[int, int], None] = {}
        self.places: Counter[str] = Counter()
        self.said: set[tuple] = set()

    def quads(self) -> Iterator[Quad]:
        yield from self._shared()
        yield from self._hierarchies()
        yield from self._companies()
        for number in range(self.diseases):
            yield from self._disease(number)
        for number in range(self.signs):
            yield from self._sign(number)
        for number in range(self.drugs):
            yield from self._drug(number)
        # last, when it is known which signs are spoken of in which diseases
        for s, d in self.contexts:
            yield from thing(self._context(s, d), "ConditionInContext", f"sign {s} in disease {d}", ("sign", sign(s)), ("inDisease", disease(d)))

    def _often(self, many: int) -> int:
        """One of many, the last ones more often: the most frequent by the square root of all draws."""
        return many - 1 - int(many * self.chance.random() ** 2)

    def _context(self, s: int, d: int) -> NamedNode:
        self.contexts[s, d] = None
        return ours(f"sign-{s}-in-disease-{d}")

    def _above(self, number: int) -> int:
        """A disease from one to three steps above another."""
        for _ in range(self.chance.randint(1, 3)):
            number //= 4
        return number

    def _claim(self, version: str, subject: NamedNode, relation: str, value: Term, *qualifiers: tuple[str, Term], **more) -> Iterator[Quad]:
        """The claim, unless the version said it before."""
        content = (version, subject, relation, value, qualifiers)
        if content not in self.said:
            self.said.add(content)
            self.places[version] += 1
            placed = version.startswith(("page", "label")) and version.endswith("-v1")
            yield from spelling.claim(version, self.places[version], subject, relation, value, *qualifiers, placed=placed, **more)

    def _shared(self) -> Iterator[Quad]:
        made_up = Literal("No open identifier stands for it: it is made up.")
        for kind, names in FIXED.items():
            yield from (quad for name in names for quad in thing(ours(name), kind, name, ("unverified", made_up)))
        for name, iri in ROUTES.items():
            yield from thing(NamedNode(iri), "Route", name)
        for name, kind in (("register", "registry"), ("effects", "database"), ("signs", "database"), ("classes", "database"),
                           ("mined", "machineMadeDatabase"), ("trials", "trialRegister")):
            yield from source(name, kind, ours("curators"))
        yield from self._claim("signs-v1", ours("chemical-a"), "hasRole", ours("transmitter"))
        yield from self._claim("signs-v1", ours("chemical-a"), "decreases", ours("signalling"))
        for number in range(self.classes):
            yield from thing(ours(f"class-{number}"), "DrugClass", f"class {number}")

    def _hierarchies(self) -> Iterator[Quad]:
        """Two releases of one hierarchy of diseases, one of another, one of signs; each term may have two parents."""
        doid = f"{OBO}DOID_{{}}"
        for name, hierarchy, many, term, default in (
            ("mondo-new", "mondo", self.diseases, lambda n: disease(n).value, True),
            ("mondo-old", "mondo", self.diseases, lambda n: disease(n).value, False),
            ("doid-new", "doid", self.diseases, lambda n: doid.format(9_000_000 + n), True),
            ("hp-new", "hp", self.signs, lambda n: sign(n).value, True),
        ):
            graph = f"{GRAPH}hierarchy-{name}"
            yield from thing(ours(f"hierarchy-{name}"), "HierarchyRelease", f"hierarchy {name}", ("hierarchy", Literal(hierarchy)),
                             ("releaseName", Literal(name)), ("hierarchyGraph", NamedNode(graph)),
                             ("isDefaultRelease", TRUE if default else typed("false", "boolean")))
            for number in range(many):
                parents = dict.fromkeys(term(parent) for parent in self._parents(number))
                label = f"{'sign' if hierarchy == 'hp' else 'disease'} {number}"
                yield from rdf.hierarchy_quads(HierarchyTerm(term(number), label, tuple(parents)), graph)
        for number in range(0, self.diseases, 2):
            yield from rdf.mapping_quads(Mapping(disease(number).value, SKOS + "exactMatch", doid.format(9_000_000 + number),
                                                 f"disease {number}", "https://w3id.org/semapv/vocab/ManualMappingCuration", "synthetic"))

    def _parents(self, number: int) -> list[int]:
        if number == 0:
            return []
        # a second parent beside the first, so that a term has about twice as many ancestors as it is deep
        beside = max(0, number // 4 - 1)
        return [number // 4, beside] if self.chance.random() < 0.2 and beside != number // 4 else [number // 4]

    def _companies(self) -> Iterator[Quad]:
        """Each with its page, which tells whether it went up in another: families may be large."""
        for number in range(self.companies):
            yield from thing(ours(f"company-{number}"), "Organisation", f"company {number}")
            yield from source(f"history-{number}", "companyPage", ours(f"company-{number}"))
            if number and self.chance.random() < 0.4:
                yield from self._claim(f"history-{number}-v1", ours(f"company-{number}"), "mergedInto", ours(f"company-{number // 3}"),
                                       ("inYear", typed(str(1950 + number % 70), "gYear")))

    def _disease(self, number: int) -> Iterator[Quad]:
        it = disease(number)
        yield from thing(it, "Disease", f"disease {number}")
        for _ in range(3):
            shown = sign(self._often(self.signs))
            yield from self._claim("signs-v1", it, "hasSign", shown, modality=self.chance.choice(SURELY))
        if number % 5 == 0:
            yield from self._claim("signs-v1", it, "involves", ours("signalling"), ("degree", Literal("strongly")))
            yield from self._claim("signs-v1", it, "hasCharacteristic", ours("rare"), ("extent", Literal("one in 100,000")))
            yield from self._claim("signs-v1", it, "causedBy", ours("loss-of-cells"), ("through", ours("signalling")))

    def _sign(self, number: int) -> Iterator[Quad]:
        opposite = (("oppositeOf", sign(number + 1)),) if number % 10 == 0 and number + 1 < self.signs else ()
        yield from thing(sign(number), "Sign", f"sign {number}", *opposite)
        if number % 10 == 5:
            yield from self._claim("signs-v1", sign(number), "hasQuality", sign(number - 1), ("gloss", Literal("in plain words", language="en")))
            yield from self._claim("signs-v1", sign(number), "describedAs", Literal("a sign", language="en"), ("register", kg("lay")))

    def _drug(self, number: int) -> Iterator[Quad]:
        """All that is said of one drug: two signs and three diseases are what it is used against."""
        signs = [self._often(self.signs) for _ in range(2)]
        diseases = [self._often(self.diseases) for _ in range(3)]
        uses = [(s, d) for s in dict.fromkeys(signs) for d in dict.fromkeys(diseases)][:5]
        yield from thing(ours(f"drug-{number}"), "Drug", f"drug {number}")
        yield from self._databases(number, uses)
        for route in ROUTES:
            yield from self._product(number, route, uses)
        for trial in range(1 + number % 2):
            yield from self._study(number, trial, *uses[trial])
        if number % 2:
            yield from self._review(number, *uses[0])
        yield from self._page(number, uses)

    def _databases(self, number: int, uses: list[tuple[int, int]]) -> Iterator[Quad]:
        drug, company = ours(f"drug-{number}"), ours(f"company-{number % self.companies}")
        yield from self._claim("classes-v1", drug, "inDrugClass", ours(f"class-{self._often(self.classes)}"), ("classOf", Literal("drugs")))
        for _ in range(4):
            yield from self._claim("effects-v1", drug, "hasSideEffect", sign(self._often(self.signs)), ("frequency", Literal("often")))
        for s, d in uses[:2]:
            yield from self._claim("mined-v1", drug, "indicatedFor", self._context(s, d), modality="reported")
        for route in ROUTES.values():
            yield from self._claim("register-v1", drug, "productCount", typed(str(number % 3), "integer"), ("route", NamedNode(route)))
        for relation, value in (("genericApplicationCount", typed("3", "integer")), ("holderCount", typed("2", "integer")),
                                ("originator", company), ("soldAs", ours(f"drug-{number}-oral-one"))):
            yield from self._claim("register-v1", drug, relation, value)

    def _product(self, number: int, route: str, uses: list[tuple[int, int]]) -> Iterator[Quad]:
        """A group of products with its label in one or two versions, and a single product by its application."""
        group, single = ours(f"drug-{number}-{route}"), ours(f"drug-{number}-{route}-one")
        facts = (("ingredient", ours(f"drug-{number}")), ("route", NamedNode(ROUTES[route])), ("jurisdiction", ours("here")))
        yield from thing(group, "Product", f"drug {number} {route}", *facts)
        yield from thing(single, "Product", f"drug {number} {route}, one", *facts, ("partOfGroup", group),
                         ("applicationNumber", Literal(f"NDA{number:06}")))
        for relation, value in (("approvedOn", typed("2010-11-19", "date")), ("approvedBefore", typed("2011-01-01", "date")),
                                ("heldBy", ours(f"company-{self._often(self.companies)}")), ("designatedAs", ours("orphan-drug"))):
            yield from self._claim("register-v1", single, relation, value)
        complete = (("labelOf", group), *((("indicationsComplete", TRUE),) if number % 2 else ()))
        yield from source(f"label-{number}-{route}", "drugLabel", ours("authority"), 1 + number % 2, *complete)
        for version in range(1, 2 + number % 2):
            yield from self._label(f"label-{number}-{route}-v{version}", group, route, uses)

    def _label(self, version: str, group: NamedNode, route: str, uses: list[tuple[int, int]]) -> Iterator[Quad]:
        for s, d in self.chance.sample(uses, min(3, len(uses))):
            stance = self.chance.choice(STANCES)
            yield from self._claim(version, group, "addressesUse", self._context(s, d), *self._limits(), kind="LabelClaim", stance=stance)
        s, d = uses[0]
        yield from self._claim(version, group, "addressesUse", self._context(s, self._above(d)), kind="LabelClaim", stance="indicated",
                               facts=(("signInherited", TRUE),))
        for use in (sign(s), disease(d))[: self.chance.randrange(3)]:  # of any cause, or whatever the sign
            yield from self._claim(version, group, "addressesUse", use, kind="LabelClaim", stance=self.chance.choice(STANCES))
        if self.chance.random() < 0.3:
            other = next(NamedNode(iri) for name, iri in ROUTES.items() if name != route)
            yield from self._claim(version, group, "administeredBy", other, kind="LabelClaim", stance="contraindicated")

    def _limits(self) -> tuple[tuple[str, Term], ...]:
        return self.chance.choice((
            (), (), (("severity", kg("severeCondition")),), (("ageFrom", typed("4", "integer")),), (("ageBelow", typed("12", "integer")),),
            (("scope", Literal("in part")), ("line", Literal("another drug"))),
        ))

    def _study(self, number: int, trial: int, s: int, d: int) -> Iterator[Quad]:
        """A study with its own report, a record in the register, and results on the sign and others."""
        it, report = ours(f"study-{number}-{trial}"), f"report-{number}-{trial}-v1"
        yield from thing(it, "Study", f"study {number}-{trial}")
        yield from source(f"report-{number}-{trial}", "primaryStudy", ours("publisher"), 1, ("enteredInFull", kg("showedEffectOn")))
        for claim in self._report(number, trial, s, d):
            yield from self._claim(report, it, *claim)
        for outcome in dict.fromkeys((s, self._often(self.signs))):
            direction = ("direction", kg(self.chance.choice(DIRECTIONS)))
            yield from self._claim(report, it, "showedEffectOn", sign(outcome), direction, modality="reported")
        yield from self._claim("trials-v1", it, "enrolment", typed(str(20 + number % 700), "integer"))
        yield from self._claim("trials-v1", it, "intervention", ours(f"drug-{number}"), ("route", NamedNode(ROUTES["oral"])))

    def _report(self, number: int, trial: int, s: int, d: int) -> list[tuple]:
        people = ("population", self._context(s, d)) if number % 7 else ("participants", ours("volunteers"))
        return [
            people, ("intervention", ours(f"drug-{number}"), ("dose", Literal("20 mg"))),
            ("comparator", ours("placebo"), ("implies", spelling.predicate("schema:PlaceboControlledTrial"))),
            ("schema:trialDesign", spelling.predicate(self.chance.choice(DESIGNS))), ("schema:trialDesign", kg("controlledTrial")),
            ("enrolment", typed(str(20 + self.chance.randrange(600)), "integer")), ("duration", typed("P35D", "duration")),
            ("followUp", typed("P1Y", "duration")), ("authorAffiliation", ours(f"company-{self._often(self.companies)}")),
            ("publishedIn", ours(f"journal-{'ab'[trial]}")), ("sideEffectSeverity", kg(self.chance.choice(("mild", "severe")))),
            ("sideEffectCourse", kg(self.chance.choice(("transient", "lasting")))),
            ("withdrawals", typed("3", "integer"), ("becauseOf", sign(self._often(self.signs)))),
        ]

    def _review(self, number: int, s: int, d: int) -> Iterator[Quad]:
        """A review of the drug or of its class, in the disease or in one above it."""
        it, version = ours(f"review-{number}"), f"review-{number}-v1"
        treatment = ours(f"drug-{number}" if number % 4 == 1 else f"class-{self._often(self.classes)}")
        searched = d if self.chance.random() < 0.5 else self._above(d)
        yield from source(f"review-{number}", "systematicReview", ours("publisher"), 1, ("cites", ours(f"report-{number}-0-v1")))
        yield from self._claim(version, it, "foundEvidenceOn", self._context(s, searched), ("ofTreatment", treatment),
                               ("direction", kg(self.chance.choice(DIRECTIONS))), modality="reported")
        yield from self._claim(version, it, "searchedTrialsIn", disease(searched), ("searchedUntil", typed("2020-01", "gYearMonth")),
                               ("ofTreatment", treatment), ("outcome", sign(s)), ("design", kg("controlledTrial")))

    def _page(self, number: int, uses: list[tuple[int, int]]) -> Iterator[Quad]:
        """A news page in one or two versions: uses, effects, how it works, what is not known, and what it retells of a study."""
        yield from source(f"page-{number}", "news", ours("publisher"), 1 + number % 2, ("enteredInFull", kg("Relation")))
        told = list(self._told(number, uses))
        for version in range(1, 2 + number % 2):
            for relation, value, *qualifiers in told:
                if self.chance.random() < 0.9:  # the rest is what a revision withdrew or added
                    yield from self._claim(f"page-{number}-v{version}", ours(f"drug-{number}"), relation, value, *qualifiers,
                                           modality=self.chance.choice(SURELY), polarity=self.chance.choice(("affirmed",) * 9 + ("denied",)))
            yield from self._gaps(number, version, uses)
            for claim in self._retold(number, uses):
                yield from self._claim(f"page-{number}-v{version}", ours(f"study-{number}-0"), *claim)

    def _told(self, number: int, uses: list[tuple[int, int]]) -> Iterator[tuple]:
        (s, d), *others = uses
        yield "approvedFor", self._context(s, d), ("authority", ours("authority")), ("jurisdiction", ours("here"))
        yield from (("usedFor", self._context(*use), ("time", kg("now"))) for use in others)
        yield "usedFor", sign(s)
        yield "administeredBy", NamedNode(ROUTES["oral"]), ("doseForm", ours("tablet"))
        yield "originator", ours(f"company-{self._often(self.companies)}")
        yield "bindsTo", ours(f"receptor-{'abc'[number % 3]}"), ("site", ours("brain"))
        yield "activates", ours(f"receptor-{'abc'[number % 3]}")
        yield "increasesEffectOf", ours("chemical-a")
        yield "structurallySimilarTo", ours("chemical-b")
        yield "actsAt", ours("spine")
        yield "availableAs", ours("generic")
        yield "reducesSeverityOf", sign(s)
        yield "reducesIncidenceOf", sign(self._often(self.signs))
        yield "studiedIn", disease(d)
        yield from (("hasSideEffect", sign(self._often(self.signs))) for _ in range(3))

    def _gaps(self, number: int, version: int, uses: list[tuple[int, int]]) -> Iterator[Quad]:
        page, drug = f"page-{number}-v{version}", ours(f"drug-{number}")
        yield from self._claim(page, drug, "notStudiedIn", disease(uses[-1][1]), ("design", kg("controlledTrial")), kind="GapClaim")
        yield from self._claim(page, drug, "notKnown", ours("mechanism"), kind="GapClaim")

    def _retold(self, number: int, uses: list[tuple[int, int]]) -> list[tuple]:
        return [
            ("intervention", ours(f"drug-{number}")), ("population", disease(uses[0][1])), ("duration", typed("P30D", "duration")),
            ("showedEffectOn", sign(uses[0][0]), ("direction", kg("favoursIntervention"))),
        ]
