"""What is said of one drug in a synthetic world: by databases, labels, studies, reviews and a news page."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Quad

from kgtool.terms import Term, kg
from tests.bench.spelling import ROUTES, TRUE, disease, ours, predicate, sign, source, thing, typed
from tests.bench.teller import Teller

SURELY = ("flat", "flat", "flat", "reported", "capability", "possible", "believed")
STANCES = (
    "indicated",
    "indicated",
    "indicated",
    "mayBeOfValue",
    "efficacyNotEstablished",
    "notIndicated",
    "contraindicated",
)
DIRECTIONS = ("favoursIntervention", "favoursIntervention", "noDifference", "inconclusive", "favoursComparator")
DESIGNS = ("schema:RandomizedTrial", "schema:DoubleBlindedTrial", "schema:MultiCenterTrial", "crossoverTrial")


def said_of(world: Teller, number: int) -> Iterator[Quad]:
    """All that is said of one drug: two signs and three diseases are what it is used against."""
    signs = [world.often(world.signs) for _ in range(2)]
    diseases = [world.often(world.diseases) for _ in range(3)]
    uses = [(s, d) for s in dict.fromkeys(signs) for d in dict.fromkeys(diseases)][:5]
    yield from thing(ours(f"drug-{number}"), "Drug", f"drug {number}")
    yield from _databases(world, number, uses)
    for route in ROUTES:
        yield from _product(world, number, route, uses)
    for trial in range(1 + number % 2):
        yield from _study(world, number, trial, *uses[trial % len(uses)])
    if number % 2:
        yield from _review(world, number, *uses[0])
    yield from _page(world, number, uses)


def _databases(world: Teller, number: int, uses: list[tuple[int, int]]) -> Iterator[Quad]:
    drug, company = ours(f"drug-{number}"), ours(f"company-{number % world.companies}")
    yield from world.claim(
        "classes-v1", drug, "inDrugClass", ours(f"class-{world.often(world.classes)}"), ("classOf", Literal("drugs"))
    )
    for _ in range(4):
        yield from world.claim(
            "effects-v1", drug, "hasSideEffect", sign(world.often(world.signs)), ("frequency", Literal("often"))
        )
    for s, d in uses[:2]:
        yield from world.claim("mined-v1", drug, "indicatedFor", world.context(s, d), modality="reported")
    for route in ROUTES.values():
        yield from world.claim(
            "register-v1", drug, "productCount", typed(str(number % 3), "integer"), ("route", NamedNode(route))
        )
    for relation, value in (
        ("genericApplicationCount", typed("3", "integer")),
        ("holderCount", typed("2", "integer")),
        ("originator", company),
        ("soldAs", ours(f"drug-{number}-oral-one")),
    ):
        yield from world.claim("register-v1", drug, relation, value)


def _product(world: Teller, number: int, route: str, uses: list[tuple[int, int]]) -> Iterator[Quad]:
    """A group of products with its label in one or two versions, and a single product by its application."""
    group, single = ours(f"drug-{number}-{route}"), ours(f"drug-{number}-{route}-one")
    facts = (
        ("ingredient", ours(f"drug-{number}")),
        ("route", NamedNode(ROUTES[route])),
        ("jurisdiction", ours("here")),
    )
    yield from thing(group, "Product", f"drug {number} {route}", *facts)
    yield from thing(
        single,
        "Product",
        f"drug {number} {route}, one",
        *facts,
        ("partOfGroup", group),
        ("applicationNumber", Literal(f"NDA{number:06}")),
    )
    for relation, value in (
        ("approvedOn", typed("2010-11-19", "date")),
        ("approvedBefore", typed("2011-01-01", "date")),
        ("heldBy", ours(f"company-{world.often(world.companies)}")),
        ("designatedAs", ours("orphan-drug")),
    ):
        yield from world.claim("register-v1", single, relation, value)
    complete = (("labelOf", group), *((("indicationsComplete", TRUE),) if number % 2 else ()))
    yield from source(f"label-{number}-{route}", "drugLabel", ours("authority"), 1 + number % 2, *complete)
    for version in range(1, 2 + number % 2):
        yield from _label(world, f"label-{number}-{route}-v{version}", group, route, uses)


def _label(world: Teller, version: str, group: NamedNode, route: str, uses: list[tuple[int, int]]) -> Iterator[Quad]:
    for s, d in world.chance.sample(uses, min(3, len(uses))):
        stance = world.chance.choice(STANCES)
        yield from world.claim(
            version, group, "addressesUse", world.context(s, d), *_limits(world), kind="LabelClaim", stance=stance
        )
    s, d = uses[0]
    yield from world.claim(
        version,
        group,
        "addressesUse",
        world.context(s, world.above(d)),
        kind="LabelClaim",
        stance="indicated",
        facts=(("signInherited", TRUE),),
    )
    for use in (sign(s), disease(d))[: world.chance.randrange(3)]:  # of any cause, or whatever the sign
        yield from world.claim(
            version, group, "addressesUse", use, kind="LabelClaim", stance=world.chance.choice(STANCES)
        )
    if world.chance.random() < 0.3:
        other = next(NamedNode(iri) for name, iri in ROUTES.items() if name != route)
        yield from world.claim(version, group, "administeredBy", other, kind="LabelClaim", stance="contraindicated")


def _limits(world: Teller) -> tuple[tuple[str, Term], ...]:
    return world.chance.choice(
        (
            (),
            (),
            (("severity", kg("severeCondition")),),
            (("ageFrom", typed("4", "integer")),),
            (("ageBelow", typed("12", "integer")),),
            (("scope", Literal("in part")), ("line", Literal("another drug"))),
        )
    )


def _study(world: Teller, number: int, trial: int, s: int, d: int) -> Iterator[Quad]:
    """A study with its own report, a record in the register, and results on the sign and others."""
    it, report = ours(f"study-{number}-{trial}"), f"report-{number}-{trial}-v1"
    yield from thing(it, "Study", f"study {number}-{trial}")
    yield from source(
        f"report-{number}-{trial}", "primaryStudy", ours("publisher"), 1, ("enteredInFull", kg("showedEffectOn"))
    )
    for claim in _report(world, number, trial, s, d):
        yield from world.claim(report, it, *claim)
    for outcome in dict.fromkeys((s, world.often(world.signs))):
        direction = ("direction", kg(world.chance.choice(DIRECTIONS)))
        yield from world.claim(report, it, "showedEffectOn", sign(outcome), direction, modality="reported")
    yield from world.claim("trials-v1", it, "enrolment", typed(str(20 + number % 700), "integer"))
    yield from world.claim(
        "trials-v1", it, "intervention", ours(f"drug-{number}"), ("route", NamedNode(ROUTES["oral"]))
    )


def _report(world: Teller, number: int, trial: int, s: int, d: int) -> list[tuple]:
    people = ("population", world.context(s, d)) if number % 7 else ("participants", ours("volunteers"))
    return [
        people,
        ("intervention", ours(f"drug-{number}"), ("dose", Literal("20 mg"))),
        ("comparator", ours("placebo"), ("implies", predicate("schema:PlaceboControlledTrial"))),
        ("schema:trialDesign", predicate(world.chance.choice(DESIGNS))),
        ("schema:trialDesign", kg("controlledTrial")),
        ("enrolment", typed(str(20 + world.chance.randrange(600)), "integer")),
        ("duration", typed("P35D", "duration")),
        ("followUp", typed("P1Y", "duration")),
        ("authorAffiliation", ours(f"company-{world.often(world.companies)}")),
        ("publishedIn", ours(f"journal-{'ab'[trial]}")),
        ("sideEffectSeverity", kg(world.chance.choice(("mild", "severe")))),
        ("sideEffectCourse", kg(world.chance.choice(("transient", "lasting")))),
        ("withdrawals", typed("3", "integer"), ("becauseOf", sign(world.often(world.signs)))),
    ]


def _review(world: Teller, number: int, s: int, d: int) -> Iterator[Quad]:
    """A review of the drug or of its class, in the disease or in one above it."""
    it, version = ours(f"review-{number}"), f"review-{number}-v1"
    treatment = ours(f"drug-{number}" if number % 4 == 1 else f"class-{world.often(world.classes)}")
    searched = d if world.chance.random() < 0.5 else world.above(d)
    yield from source(
        f"review-{number}", "systematicReview", ours("publisher"), 1, ("cites", ours(f"report-{number}-0-v1"))
    )
    yield from world.claim(
        version,
        it,
        "foundEvidenceOn",
        world.context(s, searched),
        ("ofTreatment", treatment),
        ("direction", kg(world.chance.choice(DIRECTIONS))),
        modality="reported",
    )
    yield from world.claim(
        version,
        it,
        "searchedTrialsIn",
        disease(searched),
        ("searchedUntil", typed("2020-01", "gYearMonth")),
        ("ofTreatment", treatment),
        ("outcome", sign(s)),
        ("design", kg("controlledTrial")),
    )


def _page(world: Teller, number: int, uses: list[tuple[int, int]]) -> Iterator[Quad]:
    """A news page in one or two versions: uses, effects, how it works, what is not known, what a study found."""
    yield from source(f"page-{number}", "news", ours("publisher"), 1 + number % 2, ("enteredInFull", kg("Relation")))
    told = list(_told(world, number, uses))
    for version in range(1, 2 + number % 2):
        for relation, value, *qualifiers in told:
            if world.chance.random() < 0.9:  # the rest is what a revision withdrew or added
                yield from world.claim(
                    f"page-{number}-v{version}",
                    ours(f"drug-{number}"),
                    relation,
                    value,
                    *qualifiers,
                    modality=world.chance.choice(SURELY),
                    polarity=world.chance.choice(("affirmed",) * 9 + ("denied",)),
                )
        yield from _gaps(world, number, version, uses)
        for claim in _retold(world, number, uses):
            yield from world.claim(f"page-{number}-v{version}", ours(f"study-{number}-0"), *claim)


def _told(world: Teller, number: int, uses: list[tuple[int, int]]) -> Iterator[tuple]:
    (s, d), *others = uses
    yield "approvedFor", world.context(s, d), ("authority", ours("authority")), ("jurisdiction", ours("here"))
    yield from (("usedFor", world.context(*use), ("time", kg("now"))) for use in others)
    yield "usedFor", sign(s)
    yield "administeredBy", NamedNode(ROUTES["oral"]), ("doseForm", ours("tablet"))
    yield "originator", ours(f"company-{world.often(world.companies)}")
    yield "bindsTo", ours(f"receptor-{'abc'[number % 3]}"), ("site", ours("brain"))
    yield "activates", ours(f"receptor-{'abc'[number % 3]}")
    yield "increasesEffectOf", ours("chemical-a")
    yield "structurallySimilarTo", ours("chemical-b")
    yield "actsAt", ours("spine")
    yield "availableAs", ours("generic")
    yield "reducesSeverityOf", sign(s)
    yield "reducesIncidenceOf", sign(world.often(world.signs))
    yield "studiedIn", disease(d)
    yield from (("hasSideEffect", sign(world.often(world.signs))) for _ in range(3))


def _gaps(world: Teller, number: int, version: int, uses: list[tuple[int, int]]) -> Iterator[Quad]:
    page, drug = f"page-{number}-v{version}", ours(f"drug-{number}")
    yield from world.claim(
        page, drug, "notStudiedIn", disease(uses[-1][1]), ("design", kg("controlledTrial")), kind="GapClaim"
    )
    yield from world.claim(page, drug, "notKnown", ours("mechanism"), kind="GapClaim")


def _retold(world: Teller, number: int, uses: list[tuple[int, int]]) -> list[tuple]:
    return [
        ("intervention", ours(f"drug-{number}")),
        ("population", disease(uses[0][1])),
        ("duration", typed("P30D", "duration")),
        ("showedEffectOn", sign(uses[0][0]), ("direction", kg("favoursIntervention"))),
    ]
