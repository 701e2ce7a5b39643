"""`kgtool matrix`: what needs more than a query."""

from __future__ import annotations

import click

from kgtool.cli import options


@click.command(epilog=options.exits())
@click.option("--policy", metavar="NAME", default="default", show_default=True, help="Which sources count.")
@click.option("--jurisdiction", metavar="NAME", help="Only labels that hold there; else all.")
@click.option("--hierarchy", metavar="NAME", help="The release that decides which disease lies below which; else MONDO's.")
@options.format_option
@options.output_option
@options.project_option
def matrix(policy: str, jurisdiction: str | None, hierarchy: str | None, form: str | None, output: str | None) -> None:
    """The evidence map: each drug and condition with label status, evidence, gap and disputes, one row a cell.

    status is the most that any label grants, statuses what each says; supports, disputes and neutral count lines of
    evidence, inThem those from people with this very condition; disputed counts disputes about the claims named.

    \b
    Examples:
      kgtool matrix
      kgtool matrix --policy regulators-only --jurisdiction US
      kgtool matrix --hierarchy doid -o map.csv
    """
    from kgtool.analysis import matrix as maps

    graph = options.graph()
    options.give(maps.rows(graph.matrix(policy, jurisdiction, hierarchy), graph.store.prefixes), form, output)
