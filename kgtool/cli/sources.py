"""`kgtool sources` and `kgtool cite`: the texts behind the claims, and finding a place in one."""

from __future__ import annotations

from pathlib import Path

import click

from kgtool import texts
from kgtool.cli import options
from kgtool.errors import TextMissing, amount


@click.group(epilog=options.exits("a text is not at hand, or a passage is not in it"))
@options.project_option
def sources() -> None:
    """Source versions and their texts. Texts are third parties': you bring your copy, kgtool finds the places in it.

    \b
    Examples:
      kgtool sources list
      kgtool sources add article.txt
      kgtool sources check
      kgtool sources show smanewstoday-baclofen-v1
    """


@sources.command("list", epilog=options.exits())
@options.format_option
@options.output_option
@options.project_option
def list_(form: str | None, output: str | None) -> None:
    """Every source version, and whether its text is at hand.

    \b
    Examples:
      kgtool sources list
      kgtool sources list -f csv
    """
    options.give(options.graph().sources(), form, output)


@sources.command(epilog=options.exits())
@click.argument("file", type=click.Path(path_type=Path))
@options.project_option
def add(file: Path) -> None:
    """Keep a copy of a text in your cache. Its bytes alone decide which version it is.

    \b
    Example:
      kgtool sources add article.txt
    """
    project = options.project()
    version = texts.add(file, options.graph().versions(), project.texts)
    options.note(f"{file} is {version.label}; kept at {project.texts / str(version.sha256)}")


@sources.command(epilog=options.exits("a passage is not in its text, or a text is required and not at hand"))
@click.argument("source", required=False)
@click.option("--require-text", is_flag=True, help="Exit with 1 where a text is not at hand.")
@options.project_option
def check(source: str | None, require_text: bool) -> None:
    """Find every passage again, exactly, in the texts at hand.

    And look for claims that stand on a denial. Of one source or version, or of all. Versions whose text nobody here ever
    had record no passages.

    \b
    Examples:
      kgtool sources check
      kgtool sources check smanewstoday-baclofen-v1 --require-text
    """
    graph = options.graph(strict=True)
    missing = failed = without = 0
    for row in graph.sources(source):
        if not row["passages"]:
            without += 1
        elif row["textAtHand"] == "no":
            click.echo(f"{row['version']}: text not at hand, {amount(row['passages'], 'passage')} not checked")
            missing += 1
        else:
            failed += _checked(graph, row)
    if without:
        click.echo(f"{amount(without, 'other version')}: text not at hand, no passages recorded")
    if missing and require_text:
        raise TextMissing("a text is not at hand; `kgtool sources add FILE` brings it")
    raise click.exceptions.Exit(1 if failed else 0)


def _checked(graph, row: dict) -> int:
    report = graph.check_passages(row["version"])
    click.echo(f"{row['version']}: {report.covered['passages']} of {row['passages']} passages confirmed")
    for finding in report.findings:
        click.echo(f"  {graph.store.prefixes.contract(finding.subject)}: {finding.message}; {finding.remedy}")
    return len(report.findings)


@sources.command(epilog=options.exits())
@click.argument("source")
@options.project_option
def show(source: str) -> None:
    """What is known of a source version, and its claims. Each is lit in its sentence where the text is at hand.

    \b
    Example:
      kgtool sources show smanewstoday-baclofen-v1
    """
    graph = options.graph()
    click.echo(graph.show(source).head)
    for claim in graph.passages_of(source):
        click.echo(f"\n{claim}")


@click.command(epilog=options.exits("the text is not at hand"))
@click.argument("source")
@click.argument("words")
@click.option("--nth", metavar="N", type=click.IntRange(min=1), help="Which place, where the words stand more than once.")
@click.option("--section", metavar="NAME", default="",
              help="In which text of a JSON record: a name under sections, or the way to a text.")
@options.project_option
def cite(source: str, words: str, nth: int | None, section: str) -> None:
    """Find words in a source's text, and print their place. It is a block of Turtle, to paste into a claim.

    Type the words with ordinary spaces and quotes; no-break spaces and typographic marks are found all the same.

    \b
    Examples:
      kgtool cite smanewstoday-baclofen-v1 "thought to bind to"
      kgtool cite baclofen-tablet-label-00c6c924 "some value" --section indications_and_usage
    """
    click.echo(options.graph().cite(source, words, nth, section))
