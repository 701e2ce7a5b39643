"""`kgtool validate`."""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli import options, progress
from kgtool.errors import StoreError, WrongUse
from kgtool.terms import did_you_mean

SUFFIXES = {"": "text", ".txt": "text", ".json": "json", ".sarif": "sarif", ".ttl": "turtle"}


@click.command(epilog=options.exits("something is violated"))
@click.option("-f", "--format", "form", type=click.Choice(["text", "json", "sarif", "turtle"]),
              help="Text unless the suffix of -o says otherwise; turtle is the W3C validation report.")
@options.output_option
@click.option("--all", "everything", is_flag=True, help="In text, list every finding.")
@click.option("--limit-per-shape", "limit", metavar="N", type=click.IntRange(min=1), default=3, show_default=True,
              help="In text, list so many findings of each shape or check.")
@click.option("--changed", is_flag=True,
              help="Have the shapes judge only what changes since the last validation can matter to; the report is the same.")
@click.option("--require-text", is_flag=True, help="A source text that is not at hand is a violation.")
@click.option("--data", metavar="FILE", multiple=True, help="Judge this file instead of the project; may be repeated.")
@click.option("--endpoint", metavar="URL", help="Judge the default graph of this SPARQL endpoint instead of the project.")
@click.option("--shapes", metavar="FILE", multiple=True,
              help="The shapes to judge --data or --endpoint by; may be repeated. Data may hold its own.")
@click.option("--timeout", metavar="SECONDS", type=click.FloatRange(min=0, min_open=True),
              help="Give up on --data after so long; by default after a minute and a second more for each megabyte. "
                   "On --endpoint after ten minutes, and tell what was judged until then.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress; the report is written all the same.")
@options.project_option
def validate(form: str | None, output: str | None, everything: bool, limit: int, changed: bool,
             require_text: bool, data: tuple[str, ...], endpoint: str | None, shapes: tuple[str, ...],
             timeout: float | None, quiet: bool) -> None:
    """Judge the graph, and say what is wrong with it, and where.

    By SHACL shapes and check queries, passages by their texts, identifiers by their labels. Files that no graph can be
    built of are broken input, even where an older graph still answers questions.

    With --data it judges anybody's files by anybody's SHACL shapes and needs no project: Turtle, TriG, N-Triples,
    N-Quads, RDF/XML or JSON-LD, by their suffixes. There any result is one too many for exit code 0, as the standard
    has it, and ill-formed shapes are broken input. With --endpoint URL and --shapes it judges what is served there.

    \b
    Examples:
      kgtool validate
      kgtool validate --all
      kgtool validate --changed
      kgtool validate -o report.sarif
      kgtool validate --data people.ttl --shapes shapes.ttl
      kgtool validate --endpoint http://127.0.0.1:7878/query --shapes shapes.ttl
    """
    chosen = form or _by_suffix(Path(output or "").suffix)
    most = None if everything else limit
    if data or endpoint is not None:
        _reject(changed, "--changed is about the project's graph; it goes neither with --data nor with --endpoint")
        _reject(require_text, "--require-text is about the project's sources; it goes neither with --data nor with --endpoint")
        _reject(bool(data) and endpoint is not None, "judge one at a time: --data FILE or --endpoint URL")
        _reject(endpoint is not None and not shapes, "--endpoint URL needs --shapes FILE to judge by")
        _judge(data, endpoint, shapes or data, chosen, output, most, timeout)
    _reject(bool(shapes or timeout), "--shapes and --timeout go with --data FILE or --endpoint URL")
    from kgtool.validate import formats

    graph, bar = options.graph(strict=True), progress.Bar(quiet)
    report = graph.validate(require_text, changed, bar.tick)
    bar.end()
    options.write(formats.write(report, graph.named, chosen, most), output)
    raise click.exceptions.Exit(0 if report.conforms else 1)


def _by_suffix(suffix: str) -> str:
    if suffix not in SUFFIXES:
        remedy = did_you_mean(suffix, SUFFIXES) or f"use one of {', '.join(filter(None, SUFFIXES))}, or name a format by -f"
        raise WrongUse(f"no report ends in {suffix}; {remedy}")
    return SUFFIXES[suffix]


def _reject(wrong: bool, why: str) -> None:
    if wrong:
        raise click.UsageError(why)


def _judge(data: tuple[str, ...], endpoint: str | None, shapes: tuple[str, ...], form: str, output: str | None,
           most: int | None, seconds: float | None) -> None:
    """Judge others' data, and exit."""
    from kgtool.validate import foreign

    rules = [Path(name) for name in shapes]
    if endpoint is not None:
        told = foreign.judge_endpoint(endpoint, rules, form, most, seconds)
    else:
        told = foreign.judge([Path(name) for name in data], rules, form, most, seconds)
    options.write(told.report, output)
    for note in told.notes:
        options.note(f"note: {note}")
    if told.unfinished:
        raise StoreError(told.unfinished)
    raise click.exceptions.Exit(0 if told.conforms else 1)
