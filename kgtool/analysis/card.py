"""The card of a thing: its names, its identifiers, and everything that is claimed of it."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import Literal

from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.errors import printable
from kgtool.store import GraphStore

MOST_JUDGEMENTS = 12


@dataclass(frozen=True)
class Card:
    """``sections`` are titles with their rows, in the order shown; empty ones are left out."""

    iri: str
    curie: str
    label: str
    kinds: tuple[str, ...]
    synonyms: tuple[str, ...]
    about: tuple[str, ...]
    sections: tuple[tuple[str, Answer], ...]

    @property
    def head(self) -> str:
        """Label, id, kind, other names, and what is noted of it, as lines of text."""
        also = [f"also called: {', '.join(self.synonyms)}"] if self.synonyms else []
        name = self.curie if self.label == self.curie else f"{self.label} ({self.curie})"
        return "\n".join(map(printable, [name, ", ".join(self.kinds), *also, *self.about]))

    def __str__(self) -> str:
        return "\n\n".join([self.head, *(f"{title}\n{rows}" for title, rows in self.sections)])

    def _repr_html_(self) -> str:
        head = f"<h3>{html.escape(self.label)} <code>{html.escape(self.curie)}</code></h3>"
        return head + "".join(f"<h4>{html.escape(title)}</h4>{rows._repr_html_()}" for title, rows in self.sections)


def card(store: GraphStore, queries: Mapping[str, Query], iri: str, labelled, policy: str | None = None) -> Card:
    """The card of one thing: what counts under a policy, or all claims and the judgements of the default policy.

    ``labelled`` adds labels to an Answer.
    """
    facts = store.select(queries["thing"].bind({"thing": iri}))
    said = {role: [row[1] for row in facts.rows if row[0].value == role] for role in ("kind", "label", "synonym", "about")}
    curie = store.prefixes.contract(iri)
    counted = {"policy": policy} if policy else {}
    judged = store.select(queries["judgements-about"].bind({"thing": iri, **counted}))
    under = store.labels([policy])[policy] if policy else "default"
    sections = [(f"What follows, under the {under} policy", _in_short(judged, curie, under if policy else ""))]
    for title, name, bound in (
        ("Claims with it as subject", "claims-as-subject", counted),
        ("Claims with it as object", "claims-as-object", counted),
        ("Made from it", "thing-links", {}),
        ("Identifiers elsewhere", "identifiers", {}),
    ):
        sections.append((title, labelled(store.select(queries[name].bind({"thing": iri, **bound})))))
    sections = [(title, rows) for title, rows in sections if rows.rows]
    texts = {role: tuple(term.value for term in terms) for role, terms in said.items()}
    label = (texts["label"] or (curie,))[0]
    return Card(iri, curie, label, texts["kind"], texts["synonym"], texts["about"], tuple(sections))


def _in_short(judgements: Answer, curie: str, policy: str) -> Answer:
    """Few judgements as they are; many as how many there are of each kind and verdict, with how to see them all."""
    kind, verdict, _, _, name = range(5)
    if len(judgements.rows) <= MOST_JUDGEMENTS:
        return judgements
    counted: dict[tuple, list] = {}
    for row in judgements.rows:
        counted.setdefault((row[kind], row[verdict]), []).append(row[name])
    rows = tuple((*key, Literal(len(names)), names[0]) for key, names in counted.items())
    more = Literal(f"kgtool ask judgements-about --thing {curie}" + (f" --policy {policy}" if policy else ""))
    return Answer(("kind", "verdict", "count", "example", "all"), tuple((*row, more) for row in rows), judgements.prefixes)
