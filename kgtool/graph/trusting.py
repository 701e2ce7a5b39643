"""What a graph rests on: its sources, their texts, and whether all of it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kgtool import catalogue, inputs
from kgtool.answer import Answer
from kgtool.errors import StoreError, TextMissing
from kgtool.graph import asking
from kgtool.graph.lookups import Lookups
from kgtool.progress import Tick, unwatched
from kgtool.terms import KG

if TYPE_CHECKING:
    from kgtool.claim import Version
    from kgtool.report import Report


def versions(graph: Lookups) -> list[Version]:
    """Every source version."""
    from kgtool.graph import versions

    return versions.read(graph.store.select(graph.views["versions"].text))


def sources(graph: Lookups, source: str | None = None) -> Answer:
    """Every source version, or those of one source, with the number of its passages and whether its text is at hand."""
    from kgtool.graph import versions

    rows = graph.store.select(graph.views["versions"].text)
    if source:
        rows = versions.of(rows, graph.source(source))
    return graph.labelled(versions.with_texts(rows, graph.texts))


def check_passages(graph: Lookups, version: str) -> Report:
    """Whether every passage of one version stands in its text, and none denies what its claim affirms.

    ``covered["passages"]`` counts those that do. A text that is not at hand is a note, no finding.
    """
    from kgtool.validate import spans

    iri = graph.names.resolve(version, [KG + "SourceVersion"])
    return spans.report(graph.store, {iri: graph.texts[iri]} if iri in graph.texts else {})


def validate(graph: Lookups, require_text: bool = False, changed: bool = False, tick: Tick = unwatched) -> Report:
    """Shapes, check queries, passages, and identifiers with their labels, in one report.

    With ``changed`` the shapes judge only what a change since the last validation can matter to: the same report, sooner.
    """
    from kgtool import validate

    _check_newest(graph)
    files = graph.project.files
    return validate.validate(
        graph.store,
        root=graph.project.root,
        shapes=files("ontology/shapes", "*.ttl"),
        checks=catalogue.read_all(files("queries/check", "*.rq"), graph.project.root),
        texts=graph.texts,
        identifiers=graph.project.root / "graph_data" / "identifiers.tsv",
        mappings=files("graph_data", "*.sssom.tsv"),
        authored=[*files("graph_data", "**/*.ttl"), *files("ontology", "*.ttl")],
        require_text=require_text,
        kept=graph.project.store,
        changed=changed,
        tick=tick,
    )


def _check_newest(graph: Lookups) -> None:
    """A StoreError where files are no longer those that a graph was made of: its report would be of neither state."""
    built = graph.store.folder
    if built and built.parent == graph.project.store and not inputs.is_newest(graph.project, built.name):
        raise StoreError("files have changed since this graph was made of them; begin again what you were at, "
                         "or while a server runs `kgtool build`, whose graph it then shows")


def cite(graph: Lookups, source: str, words: str, nth: int | None = None, section: str = "") -> str:
    """The Turtle block of the place where words stand in a version's text, however their spaces were typed.

    ``section`` names the text to look in where the version is a record in JSON.
    """
    from kgtool.analysis import citing

    version = graph.names.resolve(source, [KG + "SourceVersion"])
    return citing.block(version, _text(graph, version), words, nth, graph.store.prefixes, section)


def passages_of(graph: Lookups, source: str) -> Iterator[str]:
    """Each claim of a source or version, with its sentence lit where the text is at hand."""
    for row in asking.ask(graph, "claims-of", source=source):
        yield str(graph._explainer.claim(graph.store.prefixes.expand(row["claim"])))


def _text(graph: Lookups, version: str) -> str:
    if version not in graph.texts:
        raise TextMissing(f"the text of {graph.names.label(version)} is not at hand; `kgtool sources add FILE` brings it")
    return graph.texts[version]
