"""What would follow if a label's sentence on a class of diseases held for all below it, and what denies it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from kgtool.answer import Answer
from kgtool.judge.asked import Asked
from kgtool.judge.label_status.reading import Cells, Product, Row, products, rows, text
from kgtool.judge.label_status.rule import STATUS, Use, Who, decide
from kgtool.judge.label_status.words import Speaker, asked_speakers
from kgtool.terms import KG

COLUMNS = ("disease", "name", "sign", "status", "product", "class", "path", "statement", "contradictedBy", "because")


def answer(asked: Asked) -> Answer:
    """A row for each disease below a class of which a label speaks, where no claim of anybody states the use."""
    found = [row for row in rows(asked.rows) if row["statement"] is not None]
    told = asked_speakers(asked, text(found[0]["hierarchy"])) if found else []
    made = [line for speaker in told for line in _lines(asked, found, speaker)]
    return Answer(COLUMNS, tuple(sorted(made, key=lambda line: [str(term) for term in line])), asked.rows.prefixes)


def _lines(asked: Asked, found: list[Row], speaker: Speaker) -> Iterator[Cells]:
    policy, drugs = text(found[0]["policy"]), tuple(sorted({text(row["drug"]) for row in found}))
    labels = asked.queries["label-claims"].bind({"policy": policy, "drug": drugs})
    labelled = products(rows(asked.store.select(labels)))
    stated = _stated(asked, drugs)
    signs = sorted({text(row["sign"]) for row in found if row["sign"]})
    speaker.signs.expect(signs)
    for sign in signs:  # before all that lies below the classes is expected, of which no release of signs knows anything
        speaker.signs.ways(sign)
    against = _against(asked, policy, signs, speaker)
    below = _below({text(row["class"]) for row in found}, speaker)
    for row in found:
        drug, sign = text(row["drug"]), text(row["sign"])
        for term in below[text(row["class"])]:
            if not stated[drug] & {(part, name) for part in (sign, None) for name in speaker.diseases.names(term)}:
                yield _line(row, Use(sign, term), [p for p in labelled if p.drug == drug], speaker, against)


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
class _Against:
    """What speaks against a use: a label that denies it, a source that gives the disease the sign's opposite."""

    speaker: Speaker
    opposites: Mapping[str, set[str]]
    signs: Mapping[str, list[tuple[str, str]]]
    known: dict[tuple, tuple[str, ...]] = field(default_factory=dict)

    def claims(self, use: Use, labelled: list[Product]) -> list[str]:
        denied = (claim for product in labelled for claim in self._denied(product, use))
        opposites = self.opposites.get(use.sign, set())
        opposed = (
            claim for name in self.speaker.diseases.ways(use.disease)
            for sign, claim in self.signs.get(name, ()) if sign in opposites
        )
        return sorted({*denied, *opposed})

    def _denied(self, product: Product, use: Use) -> tuple[str, ...]:
        """Of thousands of diseases below a class, all that lie as far below what a label names fare alike."""
        ways, named = self.speaker.diseases.ways(use.disease), product.label.by_disease
        alike = product.iri, use.sign, tuple((disease, len(ways[disease])) for disease in named if disease in ways)
        if alike not in self.known:
            verdict = decide(product.label, use, Who(), ways, self.speaker.signs.ways(use.sign))
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


def _line(row: Row, use: Use, labelled: list[Product], speaker: Speaker, against: _Against) -> Cells:
    denied = [speaker.claim(claim) for claim in against.claims(use, labelled)]
    path = speaker.diseases.ways(use.disease)[text(row["class"])]
    steps = " → ".join(speaker.diseases.labels[term] for term in path)
    status = STATUS[text(row["stance"]).removeprefix(KG)]
    said = speaker.claim(text(row["statement"]))
    because = f"{said} speaks of the class only; nobody states it of {speaker.use(use)}."
    return (
        NamedNode(use.disease), Literal(speaker.diseases.labels[use.disease]), row["sign"],
        Literal(status), row["product"], row["class"], Literal(steps), row["statement"],
        Literal(" ".join(denied)) if denied else None,
        Literal(because + (f" Against it: {', '.join(denied)}." if denied else "")),
    )
