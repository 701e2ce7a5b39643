"""`kgtool load`."""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli import memory, options, progress
from kgtool.errors import amount
from kgtool.importers import DATA_SETS, HIERARCHIES


@click.command(epilog=options.exits())
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option("--into", "folder", metavar="DIR", type=options.FOLDER, required=True,
              help="The folder of the store, which is made anew.")
@click.option("--graph", metavar="IRI", default="", help="The named graph for what the files put into none.")
@click.option("--importer", metavar="NAME", default="",
              help=f"What reads the files: {', '.join([*DATA_SETS, *HIERARCHIES])}. NAME:FILE says it of one file.")
@click.option("--memory", "megabytes", metavar="MB", type=click.IntRange(min=500), default=6000, show_default=True,
              help="Give up rather than use more.")
@options.quiet_option
@options.project_option
def load(files: tuple[str, ...], folder: Path, graph: str, importer: str, megabytes: int, quiet: bool) -> None:
    """Make a store of your own from RDF files of any size. `kgtool query --store DIR` asks it.

    Turtle, TriG, N-Triples, N-Quads, RDF/XML or JSON-LD, by their suffixes, packed as .gz or .zst or not; or tables and
    ontologies that an importer reads, which may be named before each file. Queries see all graphs as one. Of the ontology,
    policies and judgements of a project nothing is added. The store that was there before stays until the new one is whole.

    \b
    Examples:
      kgtool load data.nt.gz more.ttl --into big
      kgtool load hetionet-nodes:nodes.tsv.gz hetionet-edges:edges.sif.tsv.gz obo:hp.obo.gz --into big
      kgtool load mondo.json --importer obo-graphs --into mondo
      kgtool query --store big 'SELECT * { ?s ?p ?o } LIMIT 10'
    """
    from kgtool import authored
    from kgtool import load as loader

    prefixes = authored.read_prefixes(options.project())
    wanted = loader.Wanted([loader.source(name, importer) for name in files], graph)
    memory.prepare(source.path for source in wanted.sources)
    bar = progress.Bar(quiet)
    made = loader.load(wanted, folder, prefixes, bar.tick, megabytes)
    bar.note(f"{folder} loaded: {amount(made.quads, 'quad')}")
