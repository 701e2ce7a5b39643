"""What RULES say of claims held against each other, read a second time: slowly, pair by pair, over bare triples."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, cached_property, lru_cache
from itertools import combinations, product

MARKETED, INVESTIGATED = {"drugLabel", "registry"}, {"primaryStudy", "trialRegister"}
HEDGES, FINDINGS = {"possible", "believed"}, {"capability", "reported"}
ABOVE = ("partOfGroup", "broadMatch", "answersTo")
NO_DETAILS = {"direction", "implies"}
FULLY = "Relation"
NAMED_SCOPES = ("route", "jurisdiction", "severity", "design")


@cache
def local(term):
    """What a name ends with; values of closed lists, types of sources and properties are told apart by it."""
    return term.value.rpartition("#")[2].rpartition("/")[2]


class Plain:
    """All triples of a graph, and the claims that one policy counts."""

    def __init__(self, quads, policy):
        self.values, self.from_graph, self.rules = defaultdict(set), defaultdict(set), []
        for quad in quads:
            self.values[quad.subject, local(quad.predicate)].add(quad.object)
            if local(quad.predicate) == "subClassOf":
                self.from_graph[quad.graph_name].add((quad.subject, quad.object))
        self.policy, self.things = policy, {thing for thing, _ in self.values}
        followed = [thing for thing in self.things if self.word(thing, "isDefaultRelease") == "true"]
        self.parents = {pair for one in followed for pair in self.from_graph[self.one(one, "hierarchyGraph")]}
        self.parents |= {(a, b) for (a, p), found in self.values.items() if p in ABOVE for b in found}
        self.above = lru_cache(maxsize=None)(self._above)
        self.points = lru_cache(maxsize=None)(lambda claim: list(self._points(claim)))
        counted = self.of(policy, "countsSourceType")
        self.claims = [thing for thing in sorted(self.things, key=str) if self.of(thing, "saidIn")
                       and self.of(self.source(thing), "sourceType") & counted]

    def of(self, thing, name):
        return self.values.get((thing, name), set())

    def one(self, thing, name):
        return next(iter(sorted(self.of(thing, name), key=str)), None)

    def word(self, thing, name):
        found = self.one(thing, name)
        return local(found) if found is not None else ""

    def version(self, claim):
        return self.one(claim, "saidIn")

    def source(self, claim):
        return self.one(self.version(claim), "specializationOf")

    def type(self, claim):
        return self.word(self.source(claim), "sourceType")

    def _above(self, thing):
        """All that is broader; a sign in a disease lies below the sign, the disease, and the same of what is above them."""
        found, waiting = set(), [thing]
        while waiting:
            at = waiting.pop()
            more = {parent for child, parent in self.parents if child == at} - found - {thing}
            found |= more
            waiting += more
        sign, disease = self.one(thing, "sign"), self.one(thing, "inDisease")
        if sign is not None and disease is not None:
            signs, diseases = {sign, *self.above(sign)}, {disease, *self.above(disease)}
            found |= signs | diseases
            found |= {w for w in self.things if self.of(w, "sign") & signs and self.of(w, "inDisease") & diseases}
        return found - {thing}

    def akin(self, one, other):
        return one == other or one in self.above(other) or other in self.above(one)

    def mapped(self, one, other):
        """Whether a mapping calls two things exactly the same, or both the same as a third."""
        names = [{thing, *self.of(thing, "exactMatch")} for thing in (one, other)]
        return one != other and bool(names[0] & names[1])

    def opposite(self, one, other):
        return other in self.of(one, "oppositeOf") or one in self.of(other, "oppositeOf")

    # Whether a claim says yes, and how surely

    def says(self, claim):
        directions = {local(one) for one in self.of(claim, "direction")}
        if self.word(claim, "polarity") == "undetermined" or self.word(claim, "modality") == "unknownStated" \
                or "inconclusive" in directions:
            return "open"
        no = self.word(claim, "polarity") == "denied"
        for name in ("stance", "predicate"):
            of_no = self.one(claim, name)
            if of_no is not None and self.word(of_no, "expressesNegation") == "true":
                no = not no
                break
        no = no or bool(directions & {"noDifference", "favoursComparator"})
        return "no" if no else "yes"

    def surely(self, claim):
        if self.says(claim) == "open":
            return "open"
        if self.word(claim, "stance") == "mayBeOfValue" or self.word(claim, "modality") in HEDGES:
            return "hedged"
        return "plain" if self.word(claim, "modality") in FINDINGS else "flat"

    # Disputes

    def families(self, claim):
        relation = self.one(claim, "predicate")
        return [thing for thing in self.related if relation in self.of(thing, "relates")]

    @cached_property
    def related(self):
        return [thing for thing in self.things if self.of(thing, "relates")]

    def studied(self, study, *relations):
        """What is said, without a denial, that a study gave or whom it took."""
        return {self.one(c, "object") for c in self.claims if self.one(c, "subject") == study
                and self.word(c, "predicate") in relations and self.says(c) == "yes"}

    def _points(self, claim):
        """What a claim says to each matter: of which thing, which value, whether yes, and in which scope."""
        subject, value = self.one(claim, "subject"), self.one(claim, "object")
        for family in self.families(claim):
            of_study, value_in = self.word(family, "isOfDrugStudied") == "true", self.word(family, "valueIn")
            topics = self.of(claim, "ofTreatment") or self.of(subject, "ingredient") or {subject}
            if of_study:
                topics = self.studied(subject, "intervention") or topics
            scope = {name: self.of(claim, name) or self.of(subject, name) for name in NAMED_SCOPES if name != value_in}
            scope["product"] = {subject} if self.of(subject, "ingredient") else set()
            scope["population"] = self.studied(subject, "population", "participants") if of_study else set()
            scope["age"] = {(self.word(claim, "ageFrom"), self.word(claim, "ageBelow"))} - {("", "")}
            if self.word(claim, "predicate") in ("sideEffectSeverity", "sideEffectCourse"):
                scope["study"] = {subject}
            market = self.type(claim)
            scope["setting"] = {market in MARKETED} if market in MARKETED | INVESTIGATED else set()
            said, surely = self.says(claim), self.surely(claim)
            held = self.one(claim, value_in) if value_in else None
            if held is not None and self.word(claim, "object") == "0":
                said, surely = "no", "flat"
            for topic in topics:
                yield Point(claim, family, topic, value if held is None else held, said, surely, scope)

    def dispute(self, one, other):
        """The kind of dispute two claims are in, or None."""
        if self.version(one) == self.version(other):
            return None
        kinds = {self.kind(a, b) for a, b in product(self.points(one), self.points(other))} - {None}
        assert len(kinds) < 2, kinds
        return kinds.pop() if kinds else None

    def kind(self, a, b):
        if a.family != b.family or not self.akin(a.topic, b.topic):
            return None
        apart = self.apart(a, b)
        revised = self.version(b.claim) in self.before(self.version(a.claim)) or \
            self.version(a.claim) in self.before(self.version(b.claim))
        same_value = self.akin(a.value, b.value) or self.mapped(a.value, b.value)
        both_yes = a.says == b.says == "yes"
        sure = {a.surely, b.surely}
        opposed = both_yes and any(self.opposite(x, y) for x, y in product(self.names(a), self.names(b)))
        only_one = both_yes and a.value != b.value and self.one(a.claim, "predicate") == self.one(b.claim, "predicate") \
            and self.word(self.one(a.claim, "predicate"), "takesOneValue") == "true"
        hedge = (same_value or opposed or only_one) and "flat" in sure and sure & {"hedged", "open"}
        denied = same_value and {a.says, b.says} == {"yes", "no"} and (hedge or not sure & {"hedged", "open"})
        exclude = (denied or opposed or only_one) and not sure & {"hedged", "open"}
        told_again = both_yes and a.value == b.value and self.details(a.claim) != self.details(b.claim) \
            and self.word(a.family, "isOneEvent") == "true"
        if revised:
            otherwise = (a.topic, a.value) == (b.topic, b.value) and (rank(a), a.says) != (rank(b), b.says)
            return "version" if hedge or denied or exclude or told_again or otherwise else None
        if hedge and not apart:
            return "hedge"
        if not (exclude or (denied and hedge) or (told_again and not hedge)):
            return None
        if (denied or exclude) and self.mapped(a.value, b.value):
            return "vocabulary"
        narrower = told_again or apart or (a.value != b.value and self.akin(a.value, b.value)) or a.topic != b.topic
        if narrower:
            return None if self.source(a.claim) == self.source(b.claim) else "scope"
        return "contradiction"

    def names(self, point):
        return {point.value} | self.of(point.claim, "site")

    def details(self, claim):
        return {(name, value) for name in self.qualifiers for value in self.of(claim, name)}

    @cached_property
    def qualifiers(self):
        return {local(thing) for thing in self.things if "Qualifier" in map(local, self.of(thing, "type"))}

    def before(self, version):
        found, at = set(), version
        while (at := self.one(at, "wasRevisionOf")) is not None and at not in found:
            found.add(at)
        return found

    def apart(self, a, b):
        """Whether the two speak of other people, products, places: said of both, or of one, where that narrows it down."""
        for name in a.scope:
            ones, others = a.scope[name], b.scope.get(name, set())
            if ones and others and not any(self.akin(x, y) for x, y in product(ones, others)):
                return True
            narrows = name in ("population", "severity", "age", "design") or self.word(a.family, "holdsOfSome") == "true"
            if bool(ones) != bool(others) and narrows:
                return True
        return bool(b.scope.keys() - a.scope.keys()) and self.word(a.family, "holdsOfSome") == "true"

    def disputes(self):
        found = {frozenset(map(local, pair)): self.dispute(*pair) for pair in combinations(self.claims, 2)}
        return {pair: kind for pair, kind in found.items() if kind}


class Point:
    def __init__(self, *parts):
        self.claim, self.family, self.topic, self.value, self.says, self.surely, self.scope = parts


def rank(point):
    return {"open": 0, "hedged": 1}.get(point.surely, 2)


class Retold(Plain):
    """Fidelity, changes between versions, and uses that stand on another disease's approval."""

    def fidelity(self):
        """Each claim of a retelling with what the study's own report makes of it; each claim of a report that is left out."""
        found = set()
        studies = {self.one(c, "subject") for c in self.claims if "Study" in map(local, self.of(self.one(c, "subject"), "type"))}
        for study in studies:
            said = [c for c in self.claims if self.one(c, "subject") == study]
            own = [c for c in said if self.type(c) == "primaryStudy"]
            told = [c for c in said if self.type(c) not in ("primaryStudy", "trialRegister")]
            found |= {(self.agreement(c, own), local(c)) for c in told if own}
            for version in {self.version(c) for c in told}:
                by_it = [c for c in told if self.version(c) == version]
                found |= {("leftOut", local(o), local(version)) for o in own if not any(self.covers(c, o) for c in by_it)}
        return found

    def alike(self, one, other):
        return all(self.one(one, part) == self.one(other, part) for part in ("predicate", "object"))

    def covers(self, one, other):
        return self.alike(one, other) or self.implied(one, other)

    def implied(self, one, other):
        """Whether one names a design that follows from what the other says, as a comparator implies a controlled trial."""
        def follows(this, that):
            designs = {local(design) for design in self.of(that, "implies")}
            designs |= {"controlledTrial"} if self.word(that, "predicate") == "comparator" else set()
            return self.word(this, "predicate") == "trialDesign" and self.word(this, "object") in designs
        return (follows(one, other) or follows(other, one)) and self.says(one) == self.says(other) == "yes"

    def agreement(self, claim, own):
        how = {"open": 0, "hedged": 1, "plain": 2, "flat": 2}
        same = [o for o in own if self.alike(claim, o)]
        agreeing = [o for o in same if (self.says(o) == "no") == (self.says(claim) == "no")]
        if any(how[self.surely(o)] >= how[self.surely(claim)] for o in agreeing):
            return "confirmed"
        if same:
            return "overstated" if agreeing else "saidOtherwise"
        if any(self.implied(claim, o) for o in own):
            return "confirmed"
        relation, value = self.one(claim, "predicate"), self.one(claim, "object")
        kin = [o for o in own if self.one(o, "predicate") == relation and self.says(o) != "no" and self.says(claim) != "no"]
        near = [o for o in kin if self.akin(value, self.one(o, "object"))]
        sure = [o for o in near if how[self.surely(o)] >= how[self.surely(claim)]]
        narrower = [o for o in sure if value in self.above(self.one(o, "object"))]
        if narrower and local(relation) in ("population", "participants"):
            return "confirmed"
        if near:
            return "overstated"
        return "saidOtherwise" if kin and self.word(relation, "takesOneValue") == "true" else "notFound"

    def changes(self):
        found = set()
        for later in self.things:
            for earlier in self.of(later, "wasRevisionOf"):
                old, new = ([c for c in self.claims if self.version(c) == v] for v in (earlier, later))
                for alike in (self.word_for_word, self.alike, self.near):
                    for now in list(new):
                        was = next((c for c in old if self.one(c, "subject") == self.one(now, "subject") and alike(c, now)), None)
                        if was is not None:
                            old.remove(was)
                            new.remove(now)
                            found.add((self.moved(was, now), local(was), local(now)))
                found |= {("withdrawn", local(c)) for c in old if self.would_say(later, c)}
                found |= {("added", local(c)) for c in new if self.would_say(earlier, c)}
        return {change for change in found if change[0]}

    def would_say(self, version, claim):
        full = self.of(version, "enteredInFull")
        return self.one(claim, "predicate") in full or FULLY in map(local, full)

    def word_for_word(self, one, other):
        return self.alike(one, other) and self.details(one) == self.details(other)

    def near(self, one, other):
        values = [self.one(c, "object") for c in (one, other)]
        return self.one(one, "predicate") == self.one(other, "predicate") and values[0] != values[1] and self.akin(*values)

    def moved(self, was, now):
        if {self.says(was), self.says(now)} == {"yes", "no"}:
            return "reversed"
        before, after = ({"open": 0, "hedged": 1}.get(self.surely(c), 2) for c in (was, now))
        return "" if before == after else "hardened" if before < after else "softened"

    def transfers(self):
        """What curated signs say of each use that stands on another disease's approval, untested where it is used."""
        edges_from = self.of(self.policy, "edgeFromModality")
        sure = [c for c in self.claims if self.one(c, "modality") in edges_from and self.word(c, "polarity") == "affirmed"]
        approved, used = defaultdict(set), set()
        for c in sure:
            sign, disease = (self.one(self.one(c, "object"), part) for part in ("sign", "inDisease"))
            if disease is None:
                continue
            for drug in self.of(self.one(c, "subject"), "ingredient") or {self.one(c, "subject")}:
                stance, relation = self.word(c, "stance"), self.word(c, "predicate")
                if relation == "approvedFor" or (relation == "addressesUse" and stance == "indicated"):
                    approved[drug, sign].add(disease)
                elif relation in ("usedFor", "indicatedFor") and not stance:
                    used.add((drug, sign, disease))
        return {(drug, sign, disease): self.bridge(sign, disease) for drug, sign, disease in used
                if approved[drug, sign] and disease not in approved[drug, sign] and not self.tried(drug, sign, disease)}

    def bridge(self, sign, disease):
        curated = {self.one(c, "object") for c in self.claims if self.type(c) == "database" and self.one(c, "subject") == disease
                   and self.word(c, "predicate") == "hasSign" and self.word(c, "polarity") == "affirmed"}
        kinds = {kind for one in curated for kind in (one, *self.above(one))}
        if any(self.opposite(kind, above) for kind in kinds for above in (sign, *self.above(sign))):
            return "oppositeCurated"
        return "signCurated" if sign in kinds else "signNotCurated"

    def tried(self, drug, sign, disease):
        """Whether a controlled trial of the drug in people with the disease itself had a result on the sign, or a kind of it."""
        for study in {self.one(c, "subject") for c in self.claims}:
            said = defaultdict(set)
            for c in self.claims:
                if self.one(c, "subject") == study and self.word(c, "polarity") == "affirmed":
                    said[self.word(c, "predicate")].add(self.one(c, "object"))
            people = {self.one(whom, "inDisease") or whom for whom in said["population"]}
            designs = {local(kind) for one in said["trialDesign"] for kind in (one, *self.designs_above(one))}
            results = {kind for one in said["showedEffectOn"] for kind in (one, *self.above(one))}
            controlled = said["comparator"] or "controlledTrial" in designs
            if drug in said["intervention"] and disease in people and sign in results and controlled:
                return True
        return False

    def designs_above(self, design):
        above = self.of(design, "broader")
        return above | {more for one in above for more in self.designs_above(one)}
