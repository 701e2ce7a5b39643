"""Which format an answer comes in: what the client prefers of what there is."""

from __future__ import annotations

from collections.abc import Iterator

from kgtool.web.remembered import remembered

# Media type → the name of the format. The first is given where the client does not mind.
SOLUTIONS = {
    "application/sparql-results+json": "json", "application/sparql-results+xml": "xml",
    "text/csv": "csv", "text/tab-separated-values": "tsv",
    "application/json": "json", "application/xml": "xml", "text/xml": "xml",
}
TRIPLES = {
    "text/turtle": ".ttl", "application/n-triples": ".nt", "application/rdf+xml": ".rdf", "application/ld+json": ".jsonld",
    "application/trig": ".trig", "application/n-quads": ".nq",
    "application/x-turtle": ".ttl", "application/json": ".jsonld", "application/xml": ".rdf", "text/xml": ".rdf",
    "text/plain": ".nt",
}
DATASETS = {"application/trig": ".trig", "application/n-quads": ".nq", "application/ld+json": ".jsonld"}
UPLOADS = {name: suffix for name, suffix in TRIPLES.items() if name not in ("application/json", "text/plain")}

PARTS = "multipart/form-data"  # several uploads at once


@remembered(512)
def preferred(accept: str, offered: tuple[str, ...]) -> str | None:
    """The media type that an Accept header likes best, the first of equals; None where it likes none of them.

    https://www.rfc-editor.org/rfc/rfc9110#name-accept

    >>> preferred("text/csv;q=0.5, application/*;q=0.8", ("text/csv", "application/json"))
    'application/json'
    >>> preferred("text/html", ("text/csv",)) is None
    True
    """
    ranges = list(_ranges(accept)) or [("*", "*", 1.0)]
    weights = {name: _weight(*name.split("/"), ranges) for name in offered}
    best = max(weights.values(), default=0.0)
    return next((name for name, weight in weights.items() if weight == best), None) if best > 0 else None


def _weight(kind: str, form: str, ranges: list[tuple[str, str, float]]) -> float:
    """What is said of just this type, else of its kind, else of all."""
    for wanted in ((kind, form), (kind, "*"), ("*", "*")):
        for *said, weight in ranges:
            if tuple(said) == wanted:
                return weight
    return 0.0


def _ranges(accept: str) -> Iterator[tuple[str, str, float]]:
    for part in accept.lower().split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        kind, slash, form = name.partition("/")
        weight = next((p.partition("=")[2] for p in parameters if p.partition("=")[0].strip() == "q"), "1")
        if slash and (number := _number(weight)) is not None:
            yield kind, form, number


def _number(weight: str) -> float | None:
    try:
        return min(1.0, max(0.0, float(weight)))
    except ValueError:
        return None


def content_type(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def listed(names: dict[str, str]) -> str:
    return ", ".join(names)
