"""`kgtool matrix`, `path`, `neighbours` and `analyse`: what the graph tells beyond one query."""

from __future__ import annotations

from collections.abc import Callable

import click

from kgtool.answer import Answer
from kgtool.cli import options

Command = Callable[..., None]

_POLICY = click.option("--policy", metavar="NAME", type=options.NAME, default="default", show_default=True,
                       help="Which sources count.")
_VIA = click.option("--via", metavar="RELATION", type=options.NAME, multiple=True,
                    help="Only over this relation; may be given again.")
_WITHOUT = click.option("--without", metavar="RELATION", type=options.NAME, multiple=True,
                        help="Never over this relation; may be given again.")


def _over_edges(command: Command) -> Command:
    """The options of all that walks over edges: which of them, whose, and where the answer goes."""
    for option in (options.project_option, options.output_option, options.format_option, _POLICY, _WITHOUT, _VIA):
        command = option(command)
    return command


@click.command(epilog=options.exits())
@click.option("--drug", "drugs", metavar="NAME", multiple=True, help="Only this drug; may be given again.")
@_POLICY
@click.option("--jurisdiction", metavar="NAME", type=options.NAME, help="Only labels that hold there; else all.")
@click.option("--hierarchy", metavar="NAME", type=options.NAME,
              help="The release that decides which disease lies below which; else MONDO's.")
@options.format_option
@options.output_option
@options.project_option
def matrix(
    drugs: tuple[str, ...], policy: str, jurisdiction: str | None, hierarchy: str | None, form: str | None, output: str | None
) -> None:
    """The evidence map: what is known of each drug and condition.

    One row a cell: label status, evidence, gap and disputes. status is the most that any label grants, statuses what each
    says; supports, disputes and neutral count lines of evidence, inThem those from people with this very condition;
    disputed counts disputes about the claims named.

    \b
    Examples:
      kgtool matrix
      kgtool matrix --policy regulators-only --jurisdiction US
      kgtool matrix --hierarchy doid -o map.csv
    """
    from kgtool.analysis import matrix as maps

    graph = options.graph()
    options.give(maps.rows(graph.matrix(policy, jurisdiction, hierarchy, drugs or None), graph.store.prefixes), form, output)


@click.command(epilog=options.exits("no such path"))
@click.argument("start")
@click.argument("goal")
@click.option("-k", "most", metavar="N", type=int, default=5, show_default=True,
              help="At most so many paths, the shortest first.")
@click.option("--steps", metavar="N", type=int, default=6, show_default=True, help="No path longer than this.")
@_over_edges
def path(
    start: str, goal: str, via: tuple[str, ...], without: tuple[str, ...], most: int, steps: int, policy: str,
    form: str | None, output: str | None,
) -> None:
    """How two things hang together: the shortest paths.

    They lead over plain edges, in either direction. One row an edge, with its claims: `kgtool why SUBJECT RELATION OBJECT`
    goes on from any of them.

    \b
    Examples:
      kgtool path baclofen "multiple sclerosis"
      kgtool path baclofen SMA --without notStudiedIn -k 3
      kgtool path baclofen Novartis --via originator --via mergedInto
    """
    found = options.graph().paths(start, goal, via, without, most, steps, policy)
    _give(found, form, output, "no path of so few steps over these edges; --steps, --policy or other relations may find one")


@click.command(epilog=options.exits("nothing is near"))
@click.argument("thing")
@click.option("--steps", metavar="N", type=int, default=1, show_default=True, help="How far to go.")
@_over_edges
def neighbours(
    thing: str, steps: int, via: tuple[str, ...], without: tuple[str, ...], policy: str, form: str | None, output: str | None
) -> None:
    """What stands around a thing, the nearest first. The edges that lead there come with it.

    \b
    Examples:
      kgtool neighbours baclofen --via hasSideEffect
      kgtool neighbours SMA --steps 2
    """
    found = options.graph().neighbourhood(thing, steps, via, without, policy)
    _give(found, form, output, "no edge leads from it")


@click.group(epilog=options.exits())
@options.project_option
def analyse() -> None:
    """The plain edges as a whole: islands, and the middle.

    \b
    Examples:
      kgtool analyse components
      kgtool analyse centrality --by pagerank
    """


@analyse.command(epilog=options.exits())
@_over_edges
def components(via: tuple[str, ...], without: tuple[str, ...], policy: str, form: str | None, output: str | None) -> None:
    """The islands of things that no edge joins. The largest first, one row a thing.

    \b
    Examples:
      kgtool analyse components
      kgtool analyse components --without sourceType -o islands.csv
    """
    options.give(options.graph().components(via, without, policy), form, output)


@analyse.command(epilog=options.exits())
@click.option("--by", metavar="MEASURE", default="degree", show_default=True, help="degree, pagerank or betweenness.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), default=50, show_default=True,
              help="At most so many, the highest first.")
@_over_edges
def centrality(
    by: str, limit: int, via: tuple[str, ...], without: tuple[str, ...], policy: str, form: str | None, output: str | None
) -> None:
    """The things in the middle, the most central first.

    Those with the most neighbours (degree), where a walk at random comes by most (pagerank), or over which the most shortest ways
    between others lead (betweenness).

    Betweenness counts the ways from every thing; where there are more than 300, from 300 of them, always the same, so that
    it is an estimate.

    \b
    Examples:
      kgtool analyse centrality
      kgtool analyse centrality --by pagerank --policy everything-said
    """
    options.give(options.graph().centrality(by, limit, via, without, policy), form, output)


def _give(found: Answer, form: str | None, output: str | None, nothing: str) -> None:
    if found.rows:
        return options.give(found, form, output)
    options.note(nothing)
    raise click.exceptions.Exit(1)
