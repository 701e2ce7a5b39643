"""From what people type to the thing they mean: labels, synonyms, CURIEs, IRIs, other vocabularies' identifiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kgtool.errors import WrongUse
from kgtool.terms import CLAIM, DERIVED, ID, Prefixes, did_you_mean


@dataclass(frozen=True)
class Name:
    """One name of one thing: its label, a synonym, or (``exact_id``) an identifier that means exactly the same."""

    iri: str
    name: str
    kind: str
    role: str = "label"


class Names:
    """All names of a graph, by which its things are found."""

    def __init__(self, names: Iterable[Name], prefixes: Prefixes):
        self._prefixes = prefixes
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._kinds: dict[str, set[str]] = defaultdict(set)
        self._labels: dict[str, str] = {}
        for name in names:
            self._by_name[fold(name.name)].add(name.iri)
            self._kinds[name.iri].add(name.kind)
            if name.role == "label":
                self._labels[name.iri] = name.name

    def resolve(self, typed: str, kinds: Iterable[str] = ()) -> str:
        """The one thing meant, of one of the kinds (absolute IRIs; any where none is given).

        Raises WrongUse with suggestions where nothing or more than one thing is meant.
        """
        wanted = set(kinds)
        found = sorted(iri for iri in self._candidates(typed.strip()) if self._fits(iri, wanted))
        if len(found) == 1:
            return found[0]
        if found:
            things = ", ".join(map(self._described, found))
            raise WrongUse(f"{typed!r} means {len(found)} things: {things}; name one by its id")
        raise WrongUse(f"nothing here is called {typed!r}{self._but_is(typed, wanted)}; {self._hint(typed, wanted)}")

    def label(self, iri: str) -> str:
        return self._labels.get(iri, self._prefixes.contract(iri))

    def of_kind(self, kind: str) -> list[str]:
        """The things of just this class, in the order of their IRIs."""
        return sorted(iri for iri, kinds in self._kinds.items() if kind in kinds)

    def _candidates(self, typed: str) -> set[str]:
        spelled = [typed, self._prefixes.expand(typed), ID + typed, CLAIM + typed, DERIVED + typed]
        by_id = {iri for iri in spelled if iri and iri in self._kinds}
        return by_id or self._by_name.get(fold(self._prefixes.contract(typed)), set())

    def _fits(self, iri: str, wanted: set[str]) -> bool:
        return not wanted or bool(self._kinds[iri] & wanted)

    def _described(self, iri: str) -> str:
        return f"{self.label(iri)} ({self._prefixes.contract(iri)})"

    def _but_is(self, typed: str, wanted: set[str]) -> str:
        others = self._candidates(typed) if wanted else set()
        kinds = sorted(self._prefixes.contract(kind) for iri in others for kind in self._kinds[iri])
        return f" among {_list(map(self._prefixes.contract, wanted))} (it is a {_list(kinds)})" if kinds else ""

    def _hint(self, typed: str, wanted: set[str]) -> str:
        fitting = [name for name, iris in self._by_name.items() if any(self._fits(iri, wanted) for iri in iris)]
        word = typed.split()[0] if typed.split() else "WORD"
        return did_you_mean(typed, fitting) or self._all_there_are(wanted) or f"`kgtool search {word}` looks for words"

    def _all_there_are(self, wanted: set[str]) -> str:
        """The things of the kinds wanted, where they are few enough to be listed."""
        known = sorted(self.label(iri) for iri in self._kinds if wanted and self._fits(iri, wanted))
        return f"there are {', '.join(known)}" if 0 < len(known) <= 6 else ""


def fold(name: str) -> str:
    """Names compare without case and with single spaces."""
    return " ".join(name.replace("_", " ").casefold().split())


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
