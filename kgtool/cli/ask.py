"""`kgtool ask`: the questions of queries/ask, each a command of its own with its parameters as options."""

from __future__ import annotations

from collections.abc import Iterable

import click

from kgtool import catalogue
from kgtool.catalogue import ANY, Param, Query
from kgtool.cli import options


class Questions(click.Group):
    """A group whose commands are the project's questions."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # --project decides which questions there are, so it is read before the question, wherever it stands
        for i, arg in enumerate(args):
            if arg == "--project" and i + 1 < len(args):
                return super().parse_args(ctx, [arg, args[i + 1], *args[:i], *args[i + 2:]])
            if arg.startswith("--project="):
                return super().parse_args(ctx, [arg, *args[:i], *args[i + 1:]])
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(catalogue.questions(options.project(ctx)))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return _command(catalogue.question(options.project(ctx), name))


@click.group(
    cls=Questions, invoke_without_command=True, context_settings={"max_content_width": 110}, epilog=options.exits()
)
@options.project_option
@click.pass_context
def ask(ctx: click.Context) -> None:
    """Ask a question by its name; without one, list the questions.

    \b
    Examples:
      kgtool ask
      kgtool ask routes --drug baclofen
      kgtool ask claims-of --source smanewstoday-baclofen-v1 -f jsonl
      kgtool ask claims-about --thing "multiple sclerosis" -o claims.csv
    """
    if ctx.invoked_subcommand is None:
        questions = catalogue.questions(options.project())
        longest = max(map(len, questions), default=0)
        for query in questions.values():
            click.echo(f"{query.name:{longest}}  {query.title}")
        options.note("\n`kgtool ask NAME` asks; `kgtool ask NAME --help` shows its parameters and its SPARQL file.")


def _command(query: Query) -> click.Command:
    def run(form: str | None, output: str | None, labels: bool, **given: str | None) -> None:
        values = {name: value for name, value in given.items() if value is not None}
        answer = options.graph().ask(query.name, **values)
        options.give(answer, form, output, labels)
        if not answer.rows and (left_out := _left_out(query, values)):
            options.note(f"asked of {left_out}, as nothing else was named")

    params: list[click.Parameter] = [
        click.Option([f"--{param.name}"], metavar=_metavar(param), help=f"{param.help} [{_default(param)}]")
        for param in query.params
    ]
    command = click.Command(
        query.name, callback=run, params=params, help=_help(query), short_help=query.title, epilog=options.exits()
    )
    labels = click.option("--labels", is_flag=True, help="Add a column with the label beside each column of things.")
    return options.project_option(options.store_option(options.format_option(options.output_option(labels(command)))))


def _left_out(query: Query, given: Iterable[str]) -> str:
    """What was asked for although nobody said so: the examples that stand in the question's file."""
    return ", ".join(f"--{param.name} {_typed(param.example)}" for param in query.params
                     if param.name not in given and param.example != "UNDEF")


def _metavar(param: Param) -> str:
    return {catalogue.USE: "'SIGN in DISEASE'", catalogue.AGE: "YEARS"}.get(param.kinds[0], "NAME")


def _default(param: Param) -> str:
    return ANY if param.example == "UNDEF" else param.example


def _help(query: Query) -> str:
    with_example = [param for param in query.params if param.example != "UNDEF"]
    shown = sorted(with_example, key=lambda param: catalogue.USE not in param.kinds)[:1]
    given = "".join(f" --{param.name} {_typed(param.example)}" for param in shown)
    return (f"{query.title}.\n\n{query.question}\n\nThings go by any of their names or ids; '{ANY}' asks for all. In brackets "
            f"stands what is asked for where an option is left out.\n\nIts SPARQL is queries/ask/{query.name}.rq.\n\n"
            f"\b\nExamples:\n  kgtool ask {query.name}{given}\n  kgtool ask {query.name} -f json")


def _typed(example: str) -> str:
    """An example as a shell takes it."""
    bare = example.replace("<", "").replace(">", "").removeprefix("id:")
    return f"'{bare}'" if " " in bare else bare
