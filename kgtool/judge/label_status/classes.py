"""What would follow if a label's sentence on a class of diseases held for all below it, and what denies it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from kgtool.answer import Answer
from kgtool.judge.asked import Asked
from kgtool.judge.label_status.reading import Cells, Row, labels, rows, text
from kgtool.judge.label_status.rule import STATUS, Label, Use, Who, decide
from kgtool.judge.label_status.words import Speaker, asked_speakers
from kgtool.terms import KG

COLUMNS = ("disease", "name", "sign", "status", "product", "class", "path", "statement", "contradictedBy", "because")


def answer(asked: Asked) -> Answer:
    """A row for each disease below a class of which a label speaks, where no claim of anybody states the use."""
    found = [row for row in rows(asked.rows) if row["statement"] is not None]
    told = asked_speakers(asked, text(found[0]["hierarchy"])) if found else []
    made = [line for speaker in told for line in _lines(asked, found, speaker)]
    return Answer(COLUMNS, tuple(sorted(made, key=lambda line: [*map(str, line)])), asked.rows.prefixes)


def _lines(asked: Asked, found: list[Row], speaker: Speaker) -> Iterator[Cells]:
    policy, drugs = text(found[0]["policy"]), tuple(sorted({text(row["drug"]) for row in found}))
    spoken = labels(rows(asked.store.select(asked.queries["label-uses"].bind({"policy": policy, "drug": drugs}))))
    stated = _stated(asked, drugs)
    signs = sorted({text(row["sign"]) for row in found if row["sign"]})
    speaker.signs.expect(signs)
    for sign in signs:  # before all that lies below the classes is expected, of which no release of signs knows anything
        speaker.signs.ways(sign)
    against = _against(asked, policy, signs, speaker)
    below = _below({text(row["class"]) for row in found}, speaker)
    alike: dict[tuple, list[_Followed]] = {}  # most sentences of one drug speak of the same few classes
    for row in found:
        drug, sign, above = matter = text(row["drug"]), text(row["sign"]), text(row["class"])
        if matter not in alike:
            denying = [label for label in spoken.get(drug, ()) if any(claim.denies for claim in label.claims)]
            uses = _unstated(Use(sign, None), below[above], stated[drug], speaker)
            alike[matter] = [_followed(use, above, denying, speaker, against) for use in uses]
        yield from _told(row, alike[matter], speaker)


def _unstated(
    asked: Use, diseases: Iterable[str], stated: set[tuple[str | None, str | None]], speaker: Speaker
) -> Iterator[Use]:
    """A use in each disease where nobody states it, neither of the disease as a whole nor of the sign in it."""
    for disease in diseases:
        if not any((part, name) in stated for name in speaker.diseases.names(disease) for part in (asked.sign, None)):
            yield Use(asked.sign, disease)


def _below(classes: set[str], speaker: Speaker) -> dict[str, list[str]]:
    """What lies below each class; of all of it the names and ancestors are then looked up together."""
    speaker.diseases.expect(classes)
    return {above: speaker.diseases.below(above) for above in sorted(classes)}


def _stated(asked: Asked, drugs: tuple[str, ...]) -> dict[str, set[tuple[str | None, str | None]]]:
    held = asked.store.select(asked.queries["ingredients"].bind({"drug": drugs})).rows
    subjects = (*drugs, *dict.fromkeys(product.value for product, _ in held))
    stated = defaultdict(set)
    for drug, sign, disease, _ in asked.store.select(asked.queries["claimed-uses"].bind({"subject": subjects})).rows:
        stated[drug.value].add((text(sign), text(disease)))
    return stated


@dataclass(frozen=True)
class _Followed:
    """A use that would follow, as far as it is the same for all sentences that speak of its sign in the class."""

    disease: NamedNode
    name: Literal
    steps: Literal
    denied: Literal | None
    because: str


def _followed(use: Use, above: str, denying: list[Label], speaker: Speaker, against: _Against) -> _Followed:
    steps = " → ".join(speaker.thing(term) for term in speaker.diseases.ways(use.disease)[above])
    denied = [speaker.claim(claim) for claim in against.claims(use, denying)]
    because = f"speaks of the class only; nobody states it of {speaker.use(use)}."
    return _Followed(
        NamedNode(use.disease), Literal(speaker.thing(use.disease)), Literal(steps),
        Literal(" ".join(denied)) if denied else None, because + (f" Against it: {', '.join(denied)}." if denied else ""),
    )


def _told(row: Row, uses: list[_Followed], speaker: Speaker) -> Iterator[Cells]:
    status, said = Literal(STATUS[text(row["stance"]).removeprefix(KG)]), speaker.claim(text(row["statement"]))
    for use in uses:
        yield (
            use.disease, use.name, row["sign"], status, row["product"], row["class"], use.steps, row["statement"], use.denied,
            Literal(f"{said} {use.because}"),
        )


@dataclass(frozen=True)
class _Against:
    """What speaks against a use: a label that denies it, a source that gives the disease the sign's opposite."""

    speaker: Speaker
    opposites: Mapping[str, set[str]]
    signs: Mapping[str, list[tuple[str, str]]]
    known: dict[tuple, tuple[str, ...]] = field(default_factory=dict)

    def claims(self, use: Use, denying: list[Label]) -> list[str]:
        denied = (claim for label in denying for claim in self._denied(label, use))
        opposites = self.opposites.get(use.sign, set())
        opposed = (
            claim for name in (self.speaker.diseases.ways(use.disease) if opposites else ())
            for sign, claim in self.signs.get(name, ()) if sign in opposites
        )
        return sorted({*denied, *opposed})

    def _denied(self, label: Label, use: Use) -> tuple[str, ...]:
        """Of thousands of diseases below a class, all that lie as far below what a label names fare alike."""
        ways = self.speaker.diseases.ways(use.disease)
        alike = label.product, use.sign, tuple((disease, len(ways[disease])) for disease in label.by_disease if disease in ways)
        if alike not in self.known:
            verdict = decide(label, use, Who(), ways, self.speaker.signs.ways(use.sign))
            matches = (*([verdict.best] if verdict.best else []), *verdict.agreeing, *verdict.lost)
            self.known[alike] = tuple(match.claim.iri for match in matches if match.claim.denies)
        return self.known[alike]


def _against(asked: Asked, policy: str, asked_about: list[str], speaker: Speaker) -> _Against:
    opposites, signs = defaultdict(set), defaultdict(list)
    for one, other in asked.store.select(asked.queries["opposites"].bind({"one": tuple(asked_about)})).rows:
        opposites[text(one)].add(text(other))
    opposed = tuple(sorted(set().union(*opposites.values())))
    shown = asked.queries["signs-of-diseases"].bind({"policy": policy, "sign": opposed})
    for disease, sign, claim in asked.store.select(shown).rows:
        signs[text(disease)].append((text(sign), text(claim)))
    return _Against(speaker, opposites, signs)
