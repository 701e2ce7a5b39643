"""What a graph is asked: questions, any SPARQL, things and their reasons, and words to find them by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kgtool import catalogue, store, syntax
from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.errors import DataError, Place, Problem, WrongUse, check_text, several
from kgtool.graph.lookups import Lookups
from kgtool.terms import CLAIM_KINDS, Term, did_you_mean

# What only some verbs need is imported where they need it: a command uses few, and starts the faster.
if TYPE_CHECKING:
    from kgtool.analysis.card import Card
    from kgtool.analysis.reasons import Reason
    from kgtool.graph.triples import Triples
    from kgtool.index import Hit


def ask(graph: Lookups, question: str, **params: str | int | None) -> Answer:
    """The rows that answer a question of queries/ask, by its name; what is left out is asked as the question's file has it.

    Parameters are named things in any spelling: label, synonym, CURIE, IRI; ``"any"`` or None asks for all. A use
    may be typed as "SIGN in DISEASE", whether or not the graph has a node for the two together. Raises WrongUse for a
    question, a parameter or a name that there is not, with the nearest one that there is.
    """
    query = catalogue.question(graph.project, question)
    given = _meant(graph, query, params) if params else {}
    rows = graph.store.select(query.bind(given))
    if query.then:
        rows = finish(graph, query, rows, given)
    return graph.labelled(rows)


def query(graph: Lookups, sparql: str, services: Sequence[str] = ()) -> Answer | Triples | bool:
    """What any SPARQL gives, read-only and without network: rows for a SELECT, a truth for an ASK, else triples.

    It runs in this process and without a limit of time; one that cannot be read or run is a QueryError. The project's
    prefixes need not be declared. ``services`` are the hosts that SERVICE may ask all the same.
    """
    syntax.check_foreign(sparql, services)
    form = syntax.form(sparql)
    if form == "ASK":
        return graph.store.ask(sparql)
    if form in ("CONSTRUCT", "DESCRIBE"):
        from kgtool import rdf
        from kgtool.graph.triples import Triples

        return Triples(tuple(sorted(graph.store.construct(sparql), key=rdf.triple_key)), graph.store.prefixes)
    return graph.labelled(graph.store.select(sparql))


def explain(graph: Lookups, sparql: str) -> Answer:
    """The costly forms of a query, each with a form that asks the same for less; the query itself is not run."""
    from kgtool.analysis import costs

    query(Lookups(graph.project, store.in_memory((), graph.store.prefixes)), sparql)  # says what is wrong with it, if anything
    found = [tuple(map(Literal, (cost.form, cost.found, cost.why, cost.better)))
             for cost in costs.costs(sparql, graph.store.prefixes)]
    return Answer(("form", "found", "why", "better"), tuple(found), graph.store.prefixes)


def show(graph: Lookups, thing: str, policy: str | None = None) -> Card:
    """The card of a thing, by any of its names: all that is claimed, or only what counts under a policy."""
    from kgtool.analysis import card

    root = graph.project.root
    queries = catalogue.Unread((*graph.project.files("queries/ask", "*.rq"), *graph.project.files("queries/view", "*.rq")), root)
    counted = graph.policy(policy) if policy else None
    return card.card(graph.store, queries, _thing(graph, thing), graph.labelled, counted)


def _thing(graph: Lookups, typed: str) -> str:
    check_text("a name", typed)
    try:
        return graph.names.resolve(typed)
    except WrongUse as error:
        from kgtool.analysis import meaning

        if meaning.derived(typed, graph.store):
            raise WrongUse(f"{typed} is derived, and has no card; `kgtool why {typed}` tells what it rests on") from error
        raise


def why(graph: Lookups, *words: str, policy: str | None = None) -> Reason:
    """The reasons of a claim, a judgement, a proposition or an edge: one name, or subject, relation and object.

    ``policy`` leaves of an edge's reasons those that count under it.
    """
    from kgtool.analysis import meaning

    typed = " ".join(map(str, words))
    under = graph.policy(policy) if policy else None
    edge = words if len(words) == 3 else meaning.split_edge(typed, graph.names, graph.store)
    if len(words) == 3:
        return graph._explainer.edge(*meaning.edge(*words, graph.names), under)
    if under and not edge:
        raise WrongUse("--policy chooses among the reasons of an edge; a claim or a judgement has its own")
    if derived := meaning.derived(typed, graph.store):
        return graph._explainer.derived(derived)
    try:
        return graph._explainer.claim(graph.names.resolve(typed, CLAIM_KINDS))
    except WrongUse as error:
        if edge:
            return graph._explainer.edge(*meaning.edge(*edge, graph.names), under)
        raise WrongUse(f"{error}; give a claim, or an edge as subject, relation and object") from error


def search(graph: Lookups, words: str, limit: int = 50, of: Iterable[str] = ()) -> Answer:
    """Things and claims found by words, the best first: those called just so, then names that begin so, then names
    with words that begin so, then claims. ``of`` keeps only those of some kinds, each a CURIE or an IRI."""
    from kgtool import index

    kinds = [graph.store.prefixes.expand(kind) or kind for kind in several(of)]
    return _hits(graph, index.search(graph.index, words, limit, kinds))


def search_passages(graph: Lookups, words: str, limit: int = 50) -> Answer:
    """Claims found by the words of their passages, in the user's own copies of texts.

    Its rows hold words of others, which are for the user alone and go into no product.
    """
    from kgtool import index
    from kgtool.analysis import own_copies

    places = graph.store.select(graph.views["passages"].text)
    if graph.store.folder is None:
        return _hits(graph, index.search(index.in_memory(own_copies.names(places, graph.texts)), words, limit))
    project, state = str(graph.project.root), graph.store.folder.name
    kept = own_copies.index_of(graph.project.texts, project, state, places, graph.texts)
    return _hits(graph, index.search(kept, words, limit))


def suggest(graph: Lookups, words: str) -> str:
    """A remedy for words that find nothing: names that are spelled much like them; empty where none is."""
    from kgtool import index

    return did_you_mean(index.fold(words), index.alike(graph.index, words))


def stats(graph: Lookups) -> Answer:
    """How many of each kind are in the graph."""
    return graph.labelled(graph.store.select(graph.views["stats"].text))


def _meant(graph: Lookups, query: Query, typed: dict[str, str | int | None]) -> dict[str, Term | None]:
    from kgtool.analysis import meaning

    return meaning.parameters(query, typed, graph.known)


def finish(graph: Lookups, query: Query, rows: Answer, given: dict[str, Term | None]) -> Answer:
    """The answer that a judge makes of the rows of a question."""
    from kgtool import judge
    from kgtool.judge.asked import Asked

    asked = Asked(graph.store, graph._judging, rows, given)
    if query.then == "what_if":  # the one that derives everything anew, and so needs the rules of a build
        from kgtool import build
        from kgtool.analysis import what_if

        return what_if.what_if(asked, build.derivation_rules(graph.project))
    if query.then not in judge.ASKED:
        hint = did_you_mean(query.then, judge.ASKED) or f"there are {', '.join(sorted(judge.ASKED))}"
        raise DataError(Problem(f"there is no judgement {query.then}", hint, Place(f"queries/ask/{query.name}.rq")))
    return judge.ASKED[query.then](asked)


def _hits(graph: Lookups, found: Iterable[Hit]) -> Answer:
    rows = ((NamedNode(hit.iri), Literal(hit.name), NamedNode(hit.kind), Literal(hit.role)) for hit in found)
    return Answer(("thing", "name", "kind", "role"), tuple(rows), graph.store.prefixes)
