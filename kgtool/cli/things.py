"""`kgtool show`, `why`, `search` and `stats`: looking at one thing, one reason, or everything at once."""

from __future__ import annotations

import json

import click

from kgtool.cli import options, table


@click.command(epilog=options.exits())
@click.argument("thing")
@options.policy_option
@options.store_option
@options.project_option
def show(thing: str, policy: str | None) -> None:
    """The card of a thing: its names, and every claim about it.

    \b
    Examples:
      kgtool show baclofen
      kgtool show SMA
      kgtool show HP:0001257
      kgtool show baclofen --policy regulators-only
    """
    card = options.graph().show(thing, policy)
    click.echo(card.head)
    for title, rows in card.sections:
        click.echo(f"\n{title}")
        table.show(rows)


@click.command(epilog=options.exits())
@click.argument("words", nargs=-1, required=True, metavar="CLAIM | JUDGEMENT | SUBJECT RELATION OBJECT")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="As a tree of words, or as data.")
@options.policy_option
@options.store_option
@options.project_option
def why(words: tuple[str, ...], form: str, policy: str | None) -> None:
    """Why an edge stands or a judgement was made: down to the words.

    Of a claim, where its source makes it, and in which words.

    \b
    Examples:
      kgtool why "baclofen treats spasticity"
      kgtool why baclofen hasSideEffect nausea
      kgtool why smanewstoday-baclofen-v1-f10
    """
    reason = options.graph().why(*words, policy=policy)
    click.echo(reason if form == "text" else json.dumps(reason.as_dict(), ensure_ascii=False, indent=2))


@click.command(epilog=options.exits("nothing is called so"))
@click.argument("words", nargs=-1, required=True)
@click.option("--passages", is_flag=True, help="Search the words of sources instead, in your own copies of their texts.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), default=50, show_default=True,
              help="At most so many, the best first.")
@options.format_option
@options.output_option
@options.store_option
@options.project_option
def search(words: tuple[str, ...], passages: bool, limit: int, form: str | None, output: str | None) -> None:
    """Find things by their names, and claims by our own words.

    Names are labels, synonyms and identifiers. Words may be beginnings, in any order, without their accents. Whole names
    come first, then names that begin so, then names with such words, then claims.

    \b
    Examples:
      kgtool search spasticity
      kgtool search scler mult
      kgtool search DRUGBANK:DB00181
      kgtool search --passages "placebo controlled"
    """
    graph, typed = options.graph(), " ".join(words)
    found = graph.search_passages(typed, limit) if passages else graph.search(typed, limit)
    options.give(found, form, output)
    if passages and not graph.texts:
        options.note("no text is at hand; `kgtool sources add FILE` brings one")
    if not found.rows and not passages and (hint := graph.suggest(typed)):
        options.note(hint)
    if len(found.rows) == limit:
        options.note(f"the first {limit}; --limit shows more")
    raise click.exceptions.Exit(0 if found.rows else 1)


@click.command(epilog=options.exits())
@options.format_option
@options.output_option
@options.store_option
@options.project_option
def stats(form: str | None, output: str | None) -> None:
    """How many of each kind are in the graph.

    \b
    Examples:
      kgtool stats
      kgtool stats -f json
    """
    options.give(options.graph().stats(), form, output)
