"""The questions of queries/ask: all of them, and each as a form with its answer, its SPARQL and its downloads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from kgtool import rows
from kgtool.analysis import meaning
from kgtool.answer import Answer
from kgtool.catalogue import USE, Param, Query
from kgtool.errors import WrongUse
from kgtool.terms import Term, did_you_mean
from kgtool.web import words
from kgtool.web.kept import answered
from kgtool.web.page import Page, Shown
from kgtool.web.visit import NotFound, Visit

MOST_ROWS, MOST_CHOICES, MOST_OFFERED, MOST_IN_PART = 500, 12, 200, 500
_ANY_POLICY = "VALUES ?policy { UNDEF }"  # in a question that claims answer; what follows, follows under some policy
FEW = 3  # rows; in fewer nothing is said once for all


@dataclass(frozen=True)
class Field:
    """One parameter as a form shows it. ``choices`` are labels where the things it may be are few, ``offered`` those that
    complete what is typed where they are more, though not too many to be sent along; where they are, the server is asked
    as somebody types for things that are of the kinds ``of``, CURIEs; ``problem`` says what is wrong with ``value``."""

    name: str
    help: str
    value: str
    choices: tuple[str, ...]
    of: str
    number: bool
    offered: tuple[str, ...] = ()
    problem: str = ""


def listed(visit: Visit) -> str:
    """Every question: those that claims answer as they stand, and those about what follows from them."""
    questions = visit.graph.questions.values()
    judged = [query for query in questions if query.then or ("policy" in query.variables and _ANY_POLICY not in query.text)]
    said = [query for query in questions if query not in judged]
    return visit.html("questions.html", said=said, judged=judged)


def html(visit: Visit) -> str:
    query = _query(visit)
    fields = [_field(visit, query, param) for param in query.params]
    if any(field.problem for field in fields):
        raise Shown(400, visit.html("ask.html", query=query, fields=fields, answer=None, sparql=query.text, problem=""))
    try:
        answer, sparql, problem = _answer(visit, query), _bound(visit, query), ""
    except WrongUse as error:
        raise Shown(400, visit.html("ask.html", query=query, fields=fields, answer=None, sparql=query.text,
                                    problem=words.told(error))) from error
    shown = replace(answer, rows=answer.rows[:MOST_ROWS])
    telling, alike, empty = _columns(shown)
    return visit.html("ask.html", query=query, fields=fields, answer=visit.table(_only(shown, telling)), empty=empty,
                      alike=[(column, visit.cell(term, answer.labels)) for column, term in alike], count=len(answer.rows),
                      most=MOST_ROWS, sparql=sparql, problem=problem)


def _columns(answer: Answer) -> tuple[list[int], list[tuple[str, Term]], list[str]]:
    """Which columns tell rows apart, the others with the one thing that each names in all of many rows, and those that are
    empty in every row. A verdict or a word stays in its rows, though it is the same in all."""
    found = [set(column) for column in zip(*answer.rows, strict=True)]
    alike = {at for at, terms in enumerate(found) if len(answer.rows) >= FEW and _one_thing(terms)}
    empty = {at for at, terms in enumerate(found) if terms == {None}}
    if len(alike | empty) == len(found):
        alike = set()  # a table is made of something
    telling = [at for at in range(len(answer.columns)) if at not in alike | empty]
    return telling, [(answer.columns[at], *found[at]) for at in sorted(alike)], [answer.columns[at] for at in sorted(empty)]


def _one_thing(terms: set[Term | None]) -> bool:
    return len(terms) == 1 and all(isinstance(term, NamedNode) for term in terms)


def _only(answer: Answer, columns: list[int]) -> Answer:
    rows_ = tuple(tuple(row[at] for at in columns) for row in answer.rows)
    return replace(answer, columns=tuple(answer.columns[at] for at in columns), rows=rows_)


def json(visit: Visit) -> Iterator[str]:
    answer = _answer(visit, _query(visit))
    return visit.json_in_parts({"question": visit.address.name, "columns": list(answer.columns)}, "rows", answer.labelled())


def sparql(visit: Visit) -> str:
    return _bound(visit, _query(visit))


def csv(visit: Visit) -> Iterator[str]:
    told = _answer(visit, _query(visit)).labelled()
    parts = range(0, len(told) or 1, MOST_IN_PART)
    return visit.csv_in_parts(replace(told, rows=told.rows[at:at + MOST_IN_PART]) for at in parts)


def tsv(visit: Visit) -> str:
    return rows.tsv(visit.noticed(_answer(visit, _query(visit))))


def _query(visit: Visit) -> Query:
    questions, name = visit.graph.questions, visit.address.name
    if name not in questions:
        raise NotFound(f"there is no question {name}; {did_you_mean(name, questions) or 'the page of questions lists them'}")
    query = questions[name]
    known = [param.name for param in query.params]
    if unknown := sorted(set(visit.given) - set(known)):
        hint = did_you_mean(unknown[0], known) or f"it takes {', '.join(known) or 'none'}"
        raise WrongUse(f"the question {name} has no parameter {unknown[0]}; {hint}")
    return query


def _asked(visit: Visit) -> dict[str, str]:
    """What was filled in; a field that was emptied asks for any."""
    return {name: value.strip() or meaning.ANY for name, value in visit.given.items()}


def _answer(visit: Visit, query: Query) -> Answer:
    asked = _asked(visit)
    return answered(visit.graph, f"{query.name} {sorted(asked.items())}", lambda: visit.graph.ask(query.name, **asked))


def _bound(visit: Visit, query: Query) -> str:
    given = _asked(visit)
    return query.bind(meaning.parameters(query, given, visit.graph.known)) if given else query.text


def _field(visit: Visit, query: Query, param: Param) -> Field:
    typed = visit.given.get(param.name)
    value = _example(visit, param) if typed is None else typed
    number = param.kinds[0].startswith("xsd:") if param.kinds else False
    labels = _labels(visit, param)
    few = len(labels) <= MOST_CHOICES
    choices, offered = (labels, ()) if few else ((), labels)
    return Field(param.name, param.help, "" if value == meaning.ANY else value, choices, " ".join(param.kinds), number, offered,
                 _problem(visit, query, param, typed))


def _problem(visit: Visit, query: Query, param: Param, typed: str | None) -> str:
    if not typed or not typed.strip():
        return ""
    try:
        meaning.parameters(query, {param.name: typed.strip()}, visit.graph.known)
    except WrongUse as error:
        return words.told(error)
    return ""


def _example(visit: Visit, param: Param) -> str:
    """What the question's own file asks for, in words."""
    words = [_in_words(visit, part.strip()) for part in param.example.split(" in ")]
    return " in ".join(word for word in words if word) if USE in param.kinds else words[0]


def _in_words(visit: Visit, spelled: str) -> str:
    if spelled == "UNDEF":
        return ""
    prefixes = visit.graph.store.prefixes
    iri = spelled[1:-1] if spelled.startswith("<") else prefixes.expand(spelled)
    if not iri:
        return spelled.strip('"')
    label = visit.graph.labelled(Answer(("it",), ((NamedNode(iri),),), prefixes)).labels.get(iri)
    return label or prefixes.contract(iri)


def _labels(visit: Visit, param: Param) -> tuple[str, ...]:
    """What the things are called that a parameter may be; none where they are too many to be sent along with a form."""
    if len(param.kinds) != 1 or param.kinds[0].startswith("xsd:"):
        return ()
    kind = "kg:ConditionInContext" if USE in param.kinds else param.kinds[0]
    things = visit.graph.names.of_kind(visit.graph.store.prefixes.expand(kind) or "")
    return tuple(sorted(map(visit.graph.names.label, things))) if 0 < len(things) <= MOST_OFFERED else ()


def listed_json(visit: Visit) -> str:
    """Every question with its parameters, for programs that are to ask them."""
    return visit.json({"questions": [
        {"name": query.name, "title": query.title, "question": query.question, "page": visit.to("ask", query.name),
         "parameters": [{"name": param.name, "kinds": list(param.kinds), "help": param.help, "example": _example(visit, param)}
                        for param in query.params]}
        for query in visit.graph.questions.values()
    ]})


LIST = Page({"html": listed, "json": listed_json})
PAGE = Page({"html": html, "json": json, "csv": csv, "tsv": tsv, "rq": sparql}, None)
