"""What is costly in a query that somebody is writing: told by a worker, which reads it and does not run it."""

from __future__ import annotations

import json
from dataclasses import asdict

import pyoxigraph as ox

from kgtool import syntax
from kgtool.errors import QueryError
from kgtool.terms import Prefixes
from kgtool.web.endpoint.asked import Explain
from kgtool.web.endpoint.querying import Answer


def explain(engine: ox.Store, prefixes: Prefixes, said: Explain) -> Answer:
    """The costly forms, each with what to write instead; ``unread`` says why there are none to be had, ``wrong`` what keeps
    the query from being run. While it is being written that is the rule, so it is answered, not refused."""
    told = {"costs": [], "unread": "", "wrong": ""}
    try:
        _check(said.text, prefixes)
    except QueryError as error:
        return _json(told | {"wrong": str(error)})
    from kgtool.analysis import costs  # brings rdflib along, which a worker that only answers queries never needs

    try:
        return _json(told | {"costs": [asdict(cost) for cost in costs.costs(said.text, prefixes)]})
    except QueryError as error:
        return _json(told | {"unread": str(error)})


def learn() -> None:
    """Load what an explanation needs, and have it read its first query, which takes as long again."""
    from kgtool.analysis import costs

    costs.costs("SELECT * { ?s ?p ?o }", {})


def _check(query: str, prefixes: Prefixes) -> None:
    """A QueryError where the endpoint would have one."""
    syntax.check_foreign(query)
    try:
        ox.Store().query(query, prefixes=dict(prefixes))
    except SyntaxError as error:
        raise syntax.query_error(query, error, prefixes) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the query could not be read: {error}") from error


def _json(told: dict) -> Answer:
    return 200, "application/json", json.dumps(told, ensure_ascii=False).encode()
