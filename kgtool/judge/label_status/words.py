"""A verdict in plain words: what decides it, over which path, under which conditions, and what it outweighs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from kgtool.errors import WrongUse
from kgtool.judge.asked import Asked
from kgtool.judge.hierarchy import NONE, Hierarchies, Hierarchy, Release
from kgtool.judge.label_status.reading import Product, Said
from kgtool.judge.label_status.rule import LabelClaim, Match, Use, Verdict, Who
from kgtool.store import Store

SIGNS = "hp"  # all other hierarchies are of diseases
EXACT = "exact"
_MOST_NAMED = 6


@dataclass(frozen=True)
class Speaker:
    """What words need besides the verdict: names for claims and things, and the releases that were followed."""

    claim: Callable[[str], str]
    label: Callable[[str], str]
    diseases: Hierarchy
    signs: Hierarchy

    def thing(self, iri: str) -> str:
        """Its name; a release may tell a parent and not how it is called."""
        return self.diseases.labels.get(iri) or self.signs.labels.get(iri) or self.label(iri)

    def use(self, use: Use) -> str:
        return " in ".join(self.thing(part) for part in (use.sign, use.disease) if part)

    def path(self, verdict: Verdict) -> str:
        """The steps from what was asked to what the label names; "exact" where there are none."""
        best = verdict.best
        if best is None:
            return ""
        steps = [self._steps(best.disease_path, self.diseases), self._steps(best.sign_path, self.signs)]
        taken = "; ".join(step for step in steps if step)
        return taken or (EXACT if best.distance == 0 else "any disease")

    def only_if(self, verdict: Verdict, product: Product) -> str:
        """What the question leaves open and the label does not."""
        best = verdict.best
        if best is None:
            return ""
        said = product.said[best.claim.iri]
        limits = [_limit(best.claim, said, part) for part in best.left_open or ()]
        texts = [f"scope: {said.scope}"] * bool(said.scope) + [f"line: {said.line}"] * bool(said.line)
        bars = () if best.claim.denies else verdict.bars
        spared = [_not(bar, product.said[bar.claim.iri]) for bar in bars]
        return "; ".join(dict.fromkeys([*limits, *texts, *spared]))

    def lost(self, verdict: Verdict) -> str:
        """The claims that also cover the use, to another end or from farther off."""
        return " ".join(self.claim(match.claim.iri) for match in verdict.lost)

    def because(self, verdict: Verdict, product: Product, use: Use, who: Who) -> str:
        """The reason, as sentences that name the label, its stance and its claims."""
        if verdict.best is None:
            return " ".join(self._nothing(verdict, product, use, who))
        return " ".join(self._decided(verdict, product, use))

    def barred(self, product: Product, claim: LabelClaim) -> str:
        """The reason of a route that a label forbids."""
        return f"{self._stance(product.said[claim.iri])}, whatever the use."

    def _decided(self, verdict: Verdict, product: Product, use: Use) -> Iterator[str]:
        best, said = verdict.best, product.said[verdict.best.claim.iri]
        yield f"{self._stance(said)}{_limits(best.claim, said)}."
        if best.distance and best.disease_path:
            yield f"Inherited, as {self.thing(use.disease)} lies below what it names: {self.path(verdict)}."
        elif not best.disease_path and use.disease:
            yield ("It names no disease, so it speaks of any." if not said.scope else
                   f"It names no disease, but limits itself to {said.scope}, which no hierarchy was asked about.")
        if said.sign_inherited:
            yield "The sentence names no sign; the curator took it from its section."
        yield from (self._limited(bar, product) for bar in verdict.bars)
        yield from self._agreeing(verdict, product)
        if verdict.lost:
            yield f"It counts before {self._listed(verdict.lost)}."

    def _agreeing(self, verdict: Verdict, product: Product) -> Iterator[str]:
        """The claims that say the same, and those that say it with further limits, which are named."""
        limits = {match: _further_limits(product.said[match.claim.iri]) for match in verdict.agreeing}
        if same := tuple(match for match in verdict.agreeing if not limits[match]):
            yield f"So says {self._listed(same)}."
        yield from (f"{self._listed((match,))} says so more narrowly: {said}." for match, said in limits.items() if said)

    def _nothing(self, verdict: Verdict, product: Product, use: Use, who: Who) -> Iterator[str]:
        if not product.counted:
            yield f"No label of {product.name} counts under this policy."
            return
        at_age = f" at age {who.age}" if who.age is not None and verdict.missed else ""
        yield f"No sentence of the label of {product.name} covers {self.use(use)}{at_age}."
        if use.disease and not verdict.missed:
            yield self._above(use.disease)
        yield from (f"For others only: {self._limited(match, product)}" for match in verdict.missed)
        yield from (self._limited(bar, product) for bar in verdict.bars)
        if verdict.lost:
            yield f"This leaves nobody to {self._listed(verdict.lost)}."
        yield f"Its indications were {'' if product.label.complete else 'not '}entered in full."

    def _above(self, disease: str) -> str:
        """What a release has above a disease, none of which the label names for the use."""
        if not self.diseases.holds(disease):
            return f"{self.diseases.name} does not have {self.thing(disease)}, so nothing is inherited."
        above = (path[-1] for path in self.diseases.ways(disease).values() if len(path) > 1)
        named = [self.thing(term) for term in dict.fromkeys(islice(above, 2 * _MOST_NAMED))][:_MOST_NAMED]
        listed = f"below {', '.join(named)}" if named else "below nothing"
        names = "the label names neither it nor anything above it for this use"
        return f"In {self.diseases.name}, {self.thing(disease)} lies {listed}; {names}."

    def _limited(self, match: Match, product: Product) -> str:
        said = product.said[match.claim.iri]
        return f"{self._stance(said)}{_limits(match.claim, said)}."

    def _stance(self, said: Said) -> str:
        return f'{said.version}: "{said.stance}", {said.object} ({self.claim(said.claim)})'

    def _listed(self, matches: tuple[Match, ...]) -> str:
        return ", ".join(self.claim(match.claim.iri) for match in matches)

    def _steps(self, path: tuple[str, ...], release: Hierarchy) -> str:
        if len(path) < 2:
            return ""
        return f"{' → '.join(release.labels.get(term) or self.label(term) for term in path)} ({release.name})"


def asked_speakers(asked: Asked, release: str | None) -> list[Speaker]:
    """One for the release asked for; for all that are default, where the asker wants any."""
    if any(one.iri == release and one.hierarchy == SIGNS for one in asked.hierarchies.releases):
        raise WrongUse("label status follows a hierarchy of diseases, and this is one of signs; give mondo or doid")
    return speakers(asked.store, asked.hierarchies, lambda one: one.iri == release or (release is None and one.default))


def speakers(store: Store, hierarchies: Hierarchies, wanted: Callable[[Release], bool]) -> list[Speaker]:
    """One for each wanted release of a disease hierarchy; without any, one for whom nothing lies below anything."""
    diseases = [hierarchies.read(one) for one in hierarchies.releases if one.hierarchy != SIGNS and wanted(one)]
    label, signs = cache(lambda iri: store.labels([iri]).get(iri) or store.prefixes.contract(iri)), hierarchies.default(SIGNS)
    return [Speaker(cache(store.prefixes.contract), label, one, signs) for one in diseases or [NONE]]


def _limit(claim: LabelClaim, said: Said, part: str) -> str:
    return said.severity if part == "severity" else _ages(claim)


def _limits(claim: LabelClaim, said: Said) -> str:
    parts = [said.severity] * bool(claim.severity) + [_ages(claim)] * claim.by_age
    return f", if {' and '.join(parts)}" if parts else ""


def _ages(claim: LabelClaim) -> str:
    if claim.age_from is None:
        return f"below age {claim.age_below}"
    return f"age ≥ {claim.age_from}" + (f" and below {claim.age_below}" if claim.age_below is not None else "")


def _not(bar: Match, said: Said) -> str:
    """The people a denial spares: of age 12 and above, where it speaks of those below 12."""
    claim = bar.claim
    if bar.left_open == ("age",) and claim.age_from is None:
        return f"age ≥ {claim.age_below}"
    return f"not {' and '.join(_limit(claim, said, part) for part in bar.left_open)}"


def _further_limits(said: Said) -> str:
    return "; ".join(text for text in (said.scope, said.line) if text)
