"""What is claimed, read from the store as pictures: in all, around a thing, or of a query's triples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyoxigraph import NamedNode, Triple

from kgtool.catalogue import Query
from kgtool.identity import Names
from kgtool.store import GraphStore
from kgtool.terms import Prefixes, Term
from kgtool.views import claims, gaps
from kgtool.views.claims import Said
from kgtool.views.gaps import Gap
from kgtool.views.picture import Picture

Views = Mapping[str, Query]


def drawn(
    said: Sequence[Said], judged: Sequence[Gap], prefixes: Prefixes, names: Names, about: str = "", source: str | None = None,
    policy: str | None = None,
) -> Picture:
    """All claims, which are those of a source or those that count under a policy where one is named, and the gaps that were
    judged; around one thing, or all. All are IRIs."""
    who = f"{names.label(source)} claims" if source else "sources claim"
    who += f", policy {names.label(policy)}" if policy else ""
    if not about:
        return claims.picture(said, f"What {who}", found=judged)
    return claims.picture(said, f"{names.label(about)}: what {who}", prefixes.contract(about), judged)


def claimed(store: GraphStore, views: Views, source: str | None = None, policy: str | None = None) -> list[Said]:
    """The claims, with the label statuses and disputes of a policy, else of the default one."""
    rows = store.select(views["picture"].bind({"source": source, **_if(policy=policy, judged=policy)}))
    return claims.read(rows, store.select(views["picture-statuses"].bind(_if(policy=policy))))


def around(store: GraphStore, views: Views, names: Names, thing: str, policy: str | None = None) -> Picture:
    """All claims about one thing, or those that count under a policy, nothing left out, and the gaps that were judged
    there. Both are IRIs; what is judged is judged under the policy, else under the default one."""
    title = f"{names.label(thing)}: what sources claim" + (f", policy {names.label(policy)}" if policy else "")
    judged = judged_gaps(store, views, thing, policy)
    return claims.neighbourhood(_said_around(store, views, (thing,), policy), judged, title, store.prefixes.contract(thing))


def judged_gaps(store: GraphStore, views: Views, thing: str = "", policy: str | None = None) -> list[Gap]:
    """Those about a thing, or all, under a policy, else under the default one."""
    return gaps.read(store.select(views["picture-gaps"].bind({"thing": thing or None, **_if(policy=policy)})), claims.KINDS)


def of_triples(
    store: GraphStore, views: Views, triples: Sequence[Triple], source: str | None = None, policy: str | None = None
) -> Picture:
    """Given triples; those that somebody claims, or a source does, or what counts under a policy, are drawn as evidence."""
    subjects = {triple.subject.value for triple in triples if isinstance(triple.subject, NamedNode)}
    around = tuple(sorted(subjects))
    said = claimed(store, views, source, policy) if source else _said_around(store, views, around, policy)
    terms = {term for triple in triples for term in (triple.subject, triple.predicate, triple.object)}
    labels = store.labels(sorted(term.value for term in terms if isinstance(term, NamedNode)))

    def shown(term: Term) -> str:
        return labels.get(getattr(term, "value", "")) or store.prefixes.show(term)

    return claims.of_triples(triples, said, shown, store.prefixes, "What a query found")


def _said_around(store: GraphStore, views: Views, things: tuple[str, ...], policy: str | None = None) -> list[Said]:
    """The claims about some things, uses with their label statuses."""
    rows = store.select(views["picture-around"].bind({"thing": things, **_if(policy=policy, judged=policy)}))
    thing, sign = rows.columns.index("object"), rows.columns.index("sign")
    contexts = {row[thing].value for row in rows.rows if row[sign] is not None}
    statuses = store.select(views["picture-statuses-of"].bind({"context": tuple(sorted(contexts)), **_if(policy=policy)}))
    return claims.read(rows, statuses)


def _if(**given: str | None) -> dict[str, str]:
    """What is given; for the others, a query has its own."""
    return {name: value for name, value in given.items() if value}
