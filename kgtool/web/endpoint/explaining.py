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
    """The costly forms, each with what to write instead; ``unread`` says why there are none to be had."""
    syntax.check_foreign(said.text)
    try:
        ox.Store().query(said.text, prefixes=dict(prefixes))  # a syntax error is told as the endpoint tells it
    except SyntaxError as error:
        raise syntax.query_error(said.text, error, prefixes) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the query could not be read: {error}") from error
    from kgtool.analysis import costs  # brings rdflib along, which a worker that only answers queries never needs

    try:
        found, unread = [asdict(cost) for cost in costs.costs(said.text, prefixes)], ""
    except QueryError as error:
        found, unread = [], str(error)
    return 200, "application/json", json.dumps({"costs": found, "unread": unread}, ensure_ascii=False).encode()
