"""`kgtool draw` and `kgtool export`: the graph as a picture, and as a file for others."""

from __future__ import annotations

from pathlib import Path

import click

from kgtool import rdf, syntax
from kgtool.cli import options
from kgtool.errors import WrongUse, amount
from kgtool.terms import Prefixes, did_you_mean


@click.command(epilog=options.exits())
@click.argument("what", metavar="[THING|QUERY]", type=options.NAME, required=False)
@click.option("-o", "--output", required=True, metavar="FILE", help="FILE.svg, FILE.png or FILE.html.")
@click.option("--source", metavar="SOURCE", type=options.NAME, help="Only what this source or version says.")
@options.policy_option
@options.project_option
def draw(what: str | None, output: str, source: str | None, policy: str | None) -> None:
    """Draw what is claimed around a thing, or in all.

    Or of a CONSTRUCT query, typed in place, or in a .rq file.
    Approvals are thick and green, trials blue, uses without a claimed approval dashed, beliefs dotted, side effects
    end in a tee, and a gap is a hollow thing. At most 40 things are drawn, those with the strongest evidence first.

    \b
    Examples:
      kgtool draw baclofen -o baclofen.svg
      kgtool draw "multiple sclerosis" -o ms.html
      kgtool draw 'CONSTRUCT WHERE { ?d kg:hasSideEffect ?e }' -o effects.svg
    """
    from kgtool.views import WRITERS

    suffix = Path(output).suffix
    if suffix not in WRITERS:
        hint = did_you_mean(suffix, WRITERS) or f"use one of {_list(WRITERS)}"
        raise WrongUse(f"no picture ends in {suffix or 'nothing'}; {hint}")
    file = what if what and what.endswith(".rq") else ""
    query = rdf.text(Path(file), file) if file else what or ""
    if file and not syntax.form(query):
        raise WrongUse(f"{file} holds no query; a picture is drawn from a CONSTRUCT")
    with options.query_of(file):
        picture = options.graph().draw(query, source, policy)
    if query and not syntax.form(query) and not picture.nodes:
        remedy = "--source draws what a source claims, and `kgtool why` shows what a claim says"
        raise WrongUse(f"nothing that counts is claimed of {what}; {remedy}")
    options.write(WRITERS[suffix](picture), output)
    hidden = f"; {amount(picture.hidden, 'weaker line is', 'weaker lines are')} left out" if picture.hidden else ""
    options.note(f"{output}: {amount(len(picture.nodes), 'thing')}, {amount(len(picture.edges), 'line')}{hidden}")


@click.command(epilog=options.exits())
@click.argument("file", metavar="FILE|-")
@click.option("-f", "--format", "form", metavar="SUFFIX", help="The format, where the name of the file does not say it.")
@click.option("--policy", metavar="NAME", type=options.NAME, help="Only the plain edges of this policy, such as regulators-only.")
@click.option("--about", metavar="THING", type=options.NAME, help="Only what concerns this thing.")
@click.option("--source", metavar="SOURCE", type=options.NAME, help="Only what this source or version says.")
@options.project_option
def export(file: str, form: str | None, policy: str | None, about: str | None, source: str | None) -> None:
    """Write the graph to a file, whose suffix names the format. With -f, - is standard output.

    .ttl .nt .rdf hold triples, with the plain edges of one policy; .trig .nq .jsonld hold every named graph;
    .graphml holds the plain edges for network tools; .csv and .tsv hold one row a claim.

    \b
    Examples:
      kgtool export graph.trig
      kgtool export baclofen.ttl --about baclofen
      kgtool export regulators.graphml --policy regulators-only
      kgtool export - -f csv --source smanewstoday-baclofen-v1
    """
    if file == "-" and not form:
        raise WrongUse("standard output has no suffix; name the format with -f, such as -f ttl")
    suffix = f".{form.lstrip('.')}" if form else Path(file).suffix
    written = options.graph().export(suffix, policy, about, source)
    options.write(written, file)
    if file != "-":
        options.note(f"{file}: {len(written):,} bytes")


@click.command(epilog=options.exits())
@click.argument("folder", metavar="DIR", type=options.FOLDER)
@options.format_option
@options.output_option
@options.project_option
def tables(folder: Path, form: str | None, output: str | None) -> None:
    """Write the graph as columns, one Parquet file a table. They are for pandas, Polars, DuckDB, R, Spark.

    What an earlier run wrote into DIR is written anew; a folder with other files is refused. Tables are claims, uses,
    label_statuses, evidence, certainties, gaps, disputes, edges, graphs, and things (kinds and labels); their columns are
    described in queries/README.md.

    \b
    Examples:
      kgtool tables build/tables
      kgtool rollup build/tables queries/table/evidence-map.sql
    """
    options.give(options.graph().tables(folder), form, output)


@click.command(epilog=options.exits())
@click.argument("folder", metavar="DIR", type=options.FOLDER)
@click.argument("sql", metavar="SQL|FILE.sql")
@options.format_option
@options.output_option
@options.project_option
def rollup(folder: Path, sql: str, form: str | None, output: str | None) -> None:
    """Count and compare over a folder of tables, in SQL.

    One SELECT, as DuckDB has it, reads the tables that `kgtool tables` wrote into DIR, and nothing else.

    \b
    Examples:
      kgtool rollup build/tables 'SELECT source_type, modality, count(*) FROM claims GROUP BY ALL ORDER BY ALL'
      kgtool rollup build/tables queries/table/evidence-map.sql -f csv
    """
    from kgtool.exporters import parquet

    text = rdf.text(Path(sql), sql) if sql.endswith(".sql") else sql
    options.give(parquet.select(folder, text, Prefixes({})), form, output)


def _list(names) -> str:
    return ", ".join(names)
