"""The numbers of a synthetic world, its chances, and what was said in it so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random

from pyoxigraph import NamedNode, Quad

from kgtool.terms import Term
from tests.bench import spelling
from tests.bench.spelling import ours


class Teller:
    """A world of so many drugs: how many there are of the rest, and who said what."""

    def __init__(self, drugs: int, chance: Random):
        self.chance = chance
        self.drugs, self.diseases, self.signs = drugs, 2 * drugs + 10, drugs + 10
        self.companies, self.classes = drugs // 2 + 2, drugs // 8 + 2
        self.contexts: dict[tuple[int, int], None] = {}
        self.places: Counter[str] = Counter()
        self.said: set[tuple] = set()

    def often(self, many: int) -> int:
        """One of many, the last ones more often: the most frequent by the square root of all draws."""
        return many - 1 - int(many * self.chance.random() ** 2)

    def context(self, s: int, d: int) -> NamedNode:
        self.contexts[s, d] = None
        return ours(f"sign-{s}-in-disease-{d}")

    def above(self, number: int) -> int:
        """A disease from one to three steps above another."""
        for _ in range(self.chance.randint(1, 3)):
            number //= 4
        return number

    def claim(
        self, version: str, subject: NamedNode, relation: str, value: Term, *qualifiers: tuple[str, Term], **more
    ) -> Iterator[Quad]:
        """The claim, unless the version said it before."""
        content = (version, subject, relation, value, qualifiers)
        if content not in self.said:
            self.said.add(content)
            self.places[version] += 1
            placed = version.startswith(("page", "label")) and version.endswith("-v1")
            yield from spelling.claim(
                version, self.places[version], subject, relation, value, *qualifiers, placed=placed, **more
            )
