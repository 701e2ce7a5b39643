"""Which organisations belong together, by what sources say of mergers, and over which claims."""

from __future__ import annotations

from collections import defaultdict, deque

from kgtool.judge.evidence.world import MERGED_INTO, Told, World
from kgtool.terms import Term


class Families:
    """Organisations joined by mergers, whichever went up in which.

    Each family is kept as a tree, so that a path takes as long as the tree is deep, however many belong to it.
    """

    def __init__(self, world: World):
        self._up: dict[Term, tuple[Term, Told]] = {}
        self._root: dict[Term, Term] = {}
        joined: dict[Term, list[tuple[Term, Told]]] = defaultdict(list)
        for told in world.all(MERGED_INTO):
            if told.affirmed:
                joined[told.subject].append((told.object, told))
                joined[told.object].append((told.subject, told))
        for organisation in sorted(joined, key=str):
            if organisation not in self._root:
                self._grow(organisation, joined)

    def family(self, organisation: Term) -> Term:
        """One member that stands for all: the first by name."""
        return self._root.get(organisation, organisation)

    def path(self, one: Term, other: Term) -> list[Told]:
        """Claims over which two of a family are joined; none where they are the same."""
        up, down = self._climb(one), self._climb(other)
        while up and down and up[-1] == down[-1]:  # both ways lead over the same claim and back
            up.pop()
            down.pop()
        return [*up, *reversed(down)]

    def _grow(self, root: Term, joined: dict[Term, list[tuple[Term, Told]]]) -> None:
        self._root[root] = root
        waiting = deque([root])
        while waiting:
            here = waiting.popleft()
            for there, told in sorted(joined[here], key=lambda pair: pair[1].claim):
                if there not in self._root:
                    self._root[there] = root
                    self._up[there] = (here, told)
                    waiting.append(there)

    def _climb(self, organisation: Term) -> list[Told]:
        claims = []
        while organisation in self._up:
            organisation, told = self._up[organisation]
            claims.append(told)
        return claims
