"""From what people type to the thing they mean: labels, synonyms, CURIEs, IRIs, other vocabularies' identifiers."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from kgtool import index
from kgtool.errors import WrongUse, check_text
from kgtool.index import Index
from kgtool.terms import CLAIM, DERIVED, ID, Prefixes, did_you_mean

MOST_SAID = 100  # characters of what was typed that an error says again


class Names:
    """The names in an index, by which the things of a graph are found."""

    def __init__(self, found: Index, prefixes: Prefixes):
        self._index = found
        self._prefixes = prefixes

    def resolve(self, typed: str, kinds: Iterable[str] = ()) -> str:
        """The one thing meant, of one of the kinds (absolute IRIs; any where none is given).

        Raises WrongUse with suggestions where nothing or more than one thing is meant.
        """
        check_text("a name", typed)
        wanted = set(kinds)
        found = sorted(iri for iri in self._candidates(typed.strip()) if self._fits(iri, wanted))
        if len(found) == 1:
            return found[0]
        if found:
            things = ", ".join(map(self._described, found))
            raise WrongUse(f"{typed!r} means {len(found)} things: {things}; name one by its id")
        raise WrongUse(f"nothing here is called {_said(typed)!r}{self._but_is(typed, wanted)}; {self._hint(typed, wanted)}")

    def label(self, iri: str) -> str:
        return index.label(self._index, iri) or self._prefixes.contract(iri)

    def of_kind(self, kind: str) -> list[str]:
        """The things of just this class, in the order of their IRIs."""
        return index.of_kind(self._index, kind)

    def labelled_of_kind(self, kind: str) -> list[tuple[str, str]]:
        """Those that have a label, each with it, in the order of their labels."""
        return index.labelled_of_kind(self._index, kind)

    def _candidates(self, typed: str) -> list[str]:
        spelled = dict.fromkeys((typed, self._prefixes.expand(typed), ID + typed, CLAIM + typed, DERIVED + typed))
        by_id = [iri for iri in spelled if iri and iri.isprintable() and index.kinds(self._index, iri)]
        return by_id or index.called(self._index, self._prefixes.contract(typed))

    def _fits(self, iri: str, wanted: set[str]) -> bool:
        return not wanted or bool(index.kinds(self._index, iri) & wanted)

    def _described(self, iri: str) -> str:
        return f"{self.label(iri)} ({self._prefixes.contract(iri)})"

    def _but_is(self, typed: str, wanted: set[str]) -> str:
        others = self._candidates(typed) if wanted else []
        kinds = sorted({self._prefixes.contract(kind) for iri in others for kind in index.kinds(self._index, iri)})
        return f" among {_list(map(self._prefixes.contract, wanted))} (it is a {_list(kinds)})" if kinds else ""

    def _hint(self, typed: str, wanted: set[str]) -> str:
        near = did_you_mean(index.fold(typed), index.alike(self._index, typed, wanted))
        word = shlex.quote(typed.split()[0]) if typed.split() and len(typed) <= MOST_SAID else "WORD"
        return near or self._all_there_are(wanted) or f"`kgtool search {word}` looks for words"

    def _all_there_are(self, wanted: set[str]) -> str:
        """The things of the kinds wanted, where they are few enough to be listed."""
        known = sorted({self.label(iri) for kind in wanted for iri in self.of_kind(kind)})
        are = "is only" if len(known) == 1 else "are"
        return f"there {are} {', '.join(known)}" if 0 < len(known) <= 6 else ""


def _said(typed: str) -> str:
    return typed if len(typed) <= MOST_SAID else f"{typed[:MOST_SAID]}…"


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
