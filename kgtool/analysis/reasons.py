"""Why: from a plain edge to its propositions, their claims, the passages, and the sources that say it."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kgtool.catalogue import Query
from kgtool.errors import WrongUse, printable
from kgtool.store import GraphStore
from kgtool.terms import Term

Lit = Callable[[str, int, int, str], str | None]


@dataclass(frozen=True)
class Reason:
    """One step: ``kind`` is edge, proposition, claim, passage or source; ``because`` are the steps it rests on."""

    kind: str
    iri: str
    text: str
    because: tuple[Reason, ...] = ()

    def __str__(self) -> str:
        return "\n".join(self._lines("", ""))

    def _lines(self, first: str, rest: str) -> Iterator[str]:
        head, *more = map(printable, self.text.split("\n"))
        yield f"{first}{self.kind}: {head}"
        for line in more:
            yield f"{rest}{'│' if self.because else ' '}  {line}"
        for step in self.because:
            last = step is self.because[-1]
            yield from step._lines(rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"

    def as_dict(self) -> dict:
        return {"kind": self.kind, "id": self.iri, "text": self.text, "because": [step.as_dict() for step in self.because]}


@dataclass(frozen=True)
class Explainer:
    """What explaining needs: the store, the view queries, labels for terms, and the user's own copies of texts.

    ``lit(version, start, end, section)`` gives the sentence around a span with the span marked, or None where the text is not
    at hand.
    """

    store: GraphStore
    queries: Mapping[str, Query]
    show: Callable[[Term], str]
    lit: Lit

    def derived(self, iri: str) -> Reason:
        """Why a derived thing is there: an edge, a judgement or a proposition, by its name."""
        if edge := self.store.select(self.queries["edge"].bind({"edge": iri})).rows:
            return self.edge(*(term.value for term in edge[0]))
        if self._rows("judgement", judgement=iri):
            return self.judgement(iri)
        if self._rows("claims-stating", proposition=iri):
            return self.proposition(iri)
        raise WrongUse(f"{self.store.prefixes.contract(iri)} has no reasons of its own; name a judgement, an edge or a claim")

    def judgement(self, iri: str) -> Reason:
        """What a judgement rests on: earlier judgements and claims, down to the words."""
        rows = self._rows("judgement", judgement=iri)
        first = rows[0]
        under = f"rule {first['rule']}, policy {first['policy']}" + (f", {first['release']}" if first["release"] else "")
        text = f"{first['kind']} {first['verdict']} [{first['judgement']}]\n{first['reason']}\n{under}"
        rests = sorted({(row["claim"] is None, self._iri(row["rests"])) for row in rows})
        return Reason("judgement", iri, text, tuple(self.judgement(r) if judged else self.claim(r) for judged, r in rests))

    def edge(self, subject: str, relation: str, object_iri: str, policy: str | None = None) -> Reason:
        """Why a plain edge stands, under every policy that has it or under one; a claim that counts under some of them
        only says so."""
        triple = " ".join(self.show(NamedNode(part)) for part in (subject, relation, object_iri))
        bound = {"subject": subject, "relation": relation, "object": object_iri}
        standing = self._rows("edge-reasons", **bound)
        wanted = self.show(NamedNode(policy)) if policy else ""
        rows = [row for row in standing if wanted in ("", row["policyLabel"])]
        if not rows:
            return self._no_edge(triple, bound, wanted, standing)
        rules = sorted({row["rule"] for row in rows})
        text = f"{triple}\nstands {_policies(rows)}, by {_list(rules, 'rule', 'rules')}"
        return Reason("edge", rows[0]["edge"], text, tuple(self._by_proposition(_where_it_counts(rows))))

    def _no_edge(self, triple: str, bound: dict[str, str], wanted: str, standing: list[dict]) -> Reason:
        under = f"not under policy {wanted}" if wanted else "under no policy"
        if standing:
            return Reason("edge", "", f"{triple}\nstands {under}, but {_policies(standing)}")
        said = {row["claim"]: "" for row in self._rows("claims-saying", **bound)}
        if not said:
            raise WrongUse(f"nobody claims: {triple}; `kgtool ask claims-about --thing …` lists what is claimed")
        return Reason("edge", "", f"{triple}\nstands {under}, but it was said", tuple(self._by_proposition(said)))

    def proposition(self, iri: str) -> Reason:
        """Who states a proposition."""
        rows = self._rows("claims-stating", proposition=iri)
        return self._proposition(iri, {row["claim"]: "" for row in rows})

    def claim(self, iri: str, note: str = "") -> Reason:
        """Where a claim is made, and on which other claims it rests; ``note`` is one more line on it."""
        (row,) = self._rows("claim", claim=iri)
        rests = tuple(self.claim(self._iri(other["dependsOn"])) for other in self._rows("claim-depends-on", claim=iri))
        hedge = f", by the words “{row['hedge']}”" if row["hedge"] else ""
        text = f"{row['words']} [{row['claim']}]\n{row['polarity']}, {row['modality']}{hedge}" + (f"\n{note}" if note else "")
        return Reason("claim", iri, text, (self._source(row), *rests))

    def _by_proposition(self, notes: Mapping[str, str]) -> Iterator[Reason]:
        """The propositions of claims, each claim with a note on it."""
        stated: dict[str, dict[str, str]] = {}
        for curie, note in sorted(notes.items()):
            (row,) = self._rows("claim", claim=self._iri(curie))
            stated.setdefault(self._iri(row["proposition"]), {})[curie] = note
        for proposition, by in sorted(stated.items()):
            yield self._proposition(proposition, by)

    def _proposition(self, iri: str, notes: Mapping[str, str]) -> Reason:
        parts = self.store.select(self.queries["proposition"].bind({"proposition": iri}))
        said = " ".join(self.show(term) for term in parts.rows[0][:3])
        qualified = "; ".join(f"{self.show(row[3])}: {self.show(row[4])}" for row in parts.rows if row[3] is not None)
        text = f"{said}{f' [{qualified}]' if qualified else ''}"
        claims = tuple(self.claim(self._iri(curie), note) for curie, note in sorted(notes.items()))
        return Reason("proposition", iri, text, claims)

    def _source(self, row: dict) -> Reason:
        where = f"{row['sourceLabel']}, a source of type {row['sourceType']}"
        if row["start"] is None:
            text = f"{row['versionLabel']}\n{where}\nplace not recorded: text not at hand"
            return Reason("source", self._iri(row["version"]), text)
        words = f"“{row['firstWords']} … {row['lastWords']}” (text not at hand; `kgtool sources add FILE` shows the sentence)"
        section = row["section"] or ""
        lit = self.lit(self._iri(row["version"]), row["start"], row["end"], section) or words
        of = f" of {section}" if section else ""
        text = f"{row['versionLabel']}, code points {row['start']} to {row['end']}{of}\n{where}\n{lit}"
        return Reason("source", self._iri(row["version"]), text)

    def _rows(self, view: str, **bound: str) -> list[dict]:
        return list(self.store.select(self.queries[view].bind(bound)))

    def _iri(self, curie: str) -> str:
        return self.store.prefixes.expand(curie) or curie


def _where_it_counts(rows: list[dict]) -> dict[str, str]:
    """By claim, under which policies it counts, where others have the edge too."""
    by_claim = {claim: _policies([row for row in rows if row["claim"] == claim]) for claim in {row["claim"] for row in rows}}
    return {claim: f"counts {under}" if under != _policies(rows) else "" for claim, under in by_claim.items()}


def _policies(rows: list[dict]) -> str:
    return f"under {_list(sorted({row['policyLabel'] for row in rows}), 'policy', 'policies')}"


def _list(words: list[str], one: str, many: str) -> str:
    return f"{one if len(words) == 1 else many} {', '.join(words)}"
