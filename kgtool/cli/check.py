"""`kgtool validate`."""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli import options

SUFFIXES = {".json": "json", ".sarif": "sarif", ".ttl": "turtle"}


@click.command()
@click.option("-f", "--format", "form", type=click.Choice(["text", "json", "sarif", "turtle"]),
              help="Text unless the suffix of -o says otherwise; turtle is the W3C validation report.")
@options.output_option
@click.option("--all", "everything", is_flag=True, help="In text, list every finding, not three of each kind.")
@click.option("--require-text", is_flag=True, help="A source text that is not at hand is a violation.")
@options.project_option
def validate(form: str | None, output: str | None, everything: bool, require_text: bool) -> None:
    """Judge the graph: SHACL shapes, check queries, passages against their texts, identifiers against their labels.

    Exits with 0 where nothing is violated, with 1 where something is.

    \b
    Examples:
      kgtool validate
      kgtool validate --all
      kgtool validate -o report.sarif
    """
    from kgtool.validate import formats

    graph = options.graph()
    report = graph.validate(require_text)
    chosen = form or SUFFIXES.get(Path(output).suffix if output else "", "text")
    options.write(formats.write(report, graph.named, chosen, None if everything else 3), output)
    raise click.exceptions.Exit(0 if report.conforms else 1)
