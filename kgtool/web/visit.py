"""One visit: which page, of which graph, in which format, with which parameters, and how it links to others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

from pyoxigraph import Literal, NamedNode

from kgtool import rows
from kgtool.answer import Answer
from kgtool.catalogue import Value
from kgtool.errors import WrongUse
from kgtool.graph import Graph
from kgtool.terms import CLAIM, DERIVED, NOT_MEDICAL_ADVICE, XSD, Term
from kgtool.web import words
from kgtool.web.address import HTML, Address, Link, outside
from kgtool.web.site import Site

MEDIA = {
    HTML: "text/html; charset=utf-8",
    "json": "application/json",
    "ttl": "text/turtle; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "svg": "image/svg+xml",
    "trig": "application/trig",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "graphml": "application/graphml+xml",
    "sarif": "application/sarif+json",
    "rq": "application/sparql-query; charset=utf-8",
}


_DURATION = NamedNode(XSD + "duration")
# Pages that are looked at under a policy, which their links to one another keep.
POLICED = ("thing", "judged", "graph")
_ROWS_AT_ONCE = 100


class NotFound(WrongUse):
    """There is no such page, or no such thing."""


class Elsewhere(Exception):
    """What was asked for has its page under another name."""

    def __init__(self, name: str):
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class Visit:
    """``alone`` is true where pages are plain files, behind which no server can answer."""

    site: Site
    graph: Graph
    address: Address
    link: Link
    asset: Callable[[str], str]
    alone: bool = False
    _cells: dict[tuple[str, str], Cell] = field(default_factory=dict, compare=False)  # the same things come again and again

    @property
    def given(self) -> Mapping[str, str]:
        return dict(self.address.given)

    @property
    def policy(self) -> str:
        """The policy under which a thing is looked at; empty where none was chosen, and everything is shown."""
        return self.given.get("policy", "") if self.address.page in POLICED else ""

    @property
    def first(self) -> int:
        """Where in a long list to begin."""
        return self.number("from")

    def number(self, name: str) -> int:
        """The place in a list that a parameter gives; 0 where it is not given."""
        typed = self.given.get(name, "0")
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 9):
            raise WrongUse(f"{name} is the number of the first to be shown, counted from 0, not {typed!r}")
        return int(typed)

    def html(self, template: str, **values: object) -> str:
        return self.site.render(template, visit=self, to=self.to, asset=self.asset, **values)

    def json(self, said: Mapping[str, object]) -> str:
        return json.dumps({"notice": NOT_MEDICAL_ADVICE, **said}, ensure_ascii=False, indent=2) + "\n"

    def json_in_parts(self, said: Mapping[str, object], name: str, told: Iterable[object]) -> Iterator[str]:
        """The same, with rows as the last of it, one after the other."""
        head, tail = self.json({**said, name: []}).rsplit("[]", 1)
        rest, between = iter(told), f"{head}["
        while some := list(islice(rest, _ROWS_AT_ONCE)):  # what is wrong with the asking shows before anything is sent
            yield between + ",".join(map(_in_list, some))
            between = ","
        yield ("\n  " if between == "," else between) + f"]{tail}"

    def csv_in_parts(self, answers: Iterable[Answer]) -> Iterator[str]:
        """Answers with the same columns, named already, as one table with the notice in each row."""
        for number, answer in enumerate(answers):
            head, _, told = rows.csv_text(_noticed(answer)).partition("\n")
            yield told if number else f"{head}\n{told}"

    def turtle(self, things: Iterable[str]) -> bytes:
        """All that the graph says of some things themselves."""
        from kgtool import exporters, rdf  # which few pages need

        store = self.graph.store
        return rdf.write(exporters.described(store, things), rdf.FORMATS[".ttl"], store.prefixes)

    def turtle_in_parts(self, parts: Iterable[Iterable[str]]) -> Iterator[str]:
        """The same of as many as there are; what is said of the graph comes with each part, which Turtle allows."""
        from kgtool import exporters, rdf

        store = self.graph.store
        return rdf.turtle_in_parts((exporters.described(store, things) for things in parts), store.prefixes)

    def noticed(self, answer: Answer) -> Answer:
        """An answer to be handed on as a table, with the notice in each row."""
        return _noticed(answer.labelled())

    def to(self, page: str, name: str = "", format: str = HTML, **given: str) -> str:
        """The link to a page, as templates write it. Parameters that are empty are left out."""
        return self.link(Address(page, name, format, tuple((key, value) for key, value in given.items() if value)))

    def in_format(self, format: str) -> str:
        """This very page in another format."""
        return self.link(Address(self.address.page, self.address.name, format, self.address.given))

    def thing(self, iri: str) -> str:
        """The link to the page of a thing, under the policy that one looks under."""
        return self.to("thing", self.graph.store.prefixes.contract(iri), policy=self.policy)

    def cell(self, term: Term | None, labels: Mapping[str, str]) -> Cell:
        """A term as pages show it: its label, and where it leads."""
        prefixes = self.graph.store.prefixes
        if not isinstance(term, NamedNode):
            text = prefixes.show(term)
            if isinstance(term, Literal) and term.datatype == _DURATION:
                return Cell(words.lasting(text))
            return Cell(text, outside(text) if isinstance(term, Literal) else "")
        key = (term.value, labels.get(term.value, ""))
        if key not in self._cells:
            self._cells[key] = self._named(*key)
        return self._cells[key]

    def _named(self, iri: str, label: str) -> Cell:
        shown = self.graph.store.prefixes.contract(iri)
        if label or iri.startswith((CLAIM, DERIVED)):
            return Cell(label or shown, self.to("thing", shown, policy=self.policy), shown)
        return Cell(shown, outside(iri), shown)

    def behind(self, *views: str, **values: Value) -> dict[str, str]:
        """The queries that a table is made from, by what each asks; of the values, each is filled in where it is known."""
        asked = [self.graph.views[name] for name in views]
        return {query.title: query.bind({name: value for name, value in values.items() if name in query.variables})
                for query in asked}

    def table(self, answer: Answer) -> Table:
        """The rows of an answer, to be shown."""
        rows = tuple(tuple(self.cell(term, answer.labels) for term in row) for row in answer.rows)
        return Table(answer.columns, rows)


def _in_list(row: object) -> str:
    return "\n    " + json.dumps(row, ensure_ascii=False, indent=2).replace("\n", "\n    ")


def _noticed(named: Answer) -> Answer:
    told = tuple((*row, Literal(NOT_MEDICAL_ADVICE)) for row in named.rows)
    return replace(named, columns=(*named.columns, "notice"), rows=told)


@dataclass(frozen=True)
class Cell:
    """``link`` and ``id`` are empty where there are none. In a template it writes itself."""

    text: str
    link: str = ""
    id: str = ""

    def __html__(self) -> str:
        return self._html

    @cached_property
    def _html(self) -> str:
        return words.leading(self.text, self.link, self.id if self.id != self.text else "")


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
