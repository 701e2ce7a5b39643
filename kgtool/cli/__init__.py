"""The command line: one function a command, no logic. Each command's module is imported when it is called."""

from __future__ import annotations

import _signal  # signal makes enumerations of it, which takes longer
import importlib
import os
import sys
from typing import TextIO

import click

from kgtool import __version__
from kgtool.cli.options import project_option
from kgtool.errors import KgtoolError, WrongUse, printable
from kgtool.terms import NOT_MEDICAL_ADVICE, did_you_mean

COMMANDS = {
    "init": "init", "build": "graph", "load": "load", "validate": "check", "ask": "ask", "query": "query", "show": "things",
    "why": "things", "search": "things", "stats": "things", "draw": "hand_on", "export": "hand_on", "sources": "sources",
    "cite": "sources", "tables": "hand_on", "rollup": "hand_on", "matrix": "analyse", "path": "analyse",
    "neighbours": "analyse", "analyse": "analyse", "serve": "serve", "publish": "publish",
}

_UTF_8 = {"encoding": "utf-8", "errors": "surrogateescape"}  # a file may be called by anything


class _Context(click.Context):
    """Knows of which command a wrong use was: of an option without its value click does not say so."""

    def __exit__(self, kind, error, traceback):
        if isinstance(error, click.UsageError) and error.ctx is None:
            error.ctx = self
        return super().__exit__(kind, error, traceback)


click.Command.context_class = _Context  # that of all commands, among them the questions


class Lazy(click.Group):
    """Knows its commands by name and imports one when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        return getattr(importlib.import_module(f"kgtool.cli.{COMMANDS[name]}"), name)

    def invoke(self, ctx: click.Context):
        """Who reads our output may stop reading, as `head` does, and that is no failure."""
        try:
            done = super().invoke(ctx)
            sys.stdout.flush()
            return done
        except BrokenPipeError:
            _silence(sys.stdout)
            return 0

    def resolve_command(self, ctx: click.Context, args: list[str]):
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            hint = did_you_mean(args[0], COMMANDS) or "`kgtool --help` lists the commands"
            raise WrongUse(f"there is no command {args[0] or repr('')}; {hint}")
        found = super().resolve_command(ctx, args)
        if _signal.getsignal(_signal.SIGINT) == _signal.SIG_DFL:  # from here on there is something to be put in order first
            _signal.signal(_signal.SIGINT, _signal.default_int_handler)
        return found


@click.group(
    cls=Lazy, epilog=NOT_MEDICAL_ADVICE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="kgtool")
@project_option
def kgtool() -> None:
    """Drugs, conditions and evidence as a graph of claims: who said what, where, how surely.

    \b
    Examples:
      kgtool build                        make the graph
      kgtool ask                          the questions it answers
      kgtool ask approved-for             one of them
      kgtool show baclofen                the card of a thing
      kgtool why "baclofen treats spasticity"
    """


def main() -> None:
    """Run the command line; errors made on purpose end in one message and their exit code, never in a traceback."""
    _open_streams()
    try:
        # click returns the code of an Exit instead of raising it, and ends quietly where nobody reads on
        sys.exit(kgtool(prog_name="kgtool", standalone_mode=False))
    except KgtoolError as error:
        sys.exit(_fail(str(error), error.exit_code))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        sys.exit(_fail(_told(error), error.exit_code))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(_fail("stopped", 130))
    except OSError as error:
        if error.filename is not None:
            raise  # a file of ours, which somebody was to speak of
        _silence(sys.stdout)
        sys.exit(_fail(f"cannot write to standard output: {error.strerror}", 2))


def _open_streams() -> None:
    """Give those that whoever called us has closed (`>&-`) something to be: else a file of ours would take their place.

    Data are UTF-8; what a terminal of other letters cannot show is spelled by its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, nowhere)
            setattr(sys, f"__{name}__", nowhere)
    if sys.stdout.encoding.lower() != "utf-8":
        sys.stdout.reconfigure(**({"errors": "backslashreplace"} if sys.stdout.isatty() else _UTF_8))


def _silence(stream: TextIO) -> None:
    # what is still to be written goes nowhere: https://docs.python.org/3/library/signal.html#note-on-sigpipe
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _told(error: click.ClickException) -> str:
    """What click found wrong, and where the command says what it takes."""
    context = getattr(error, "ctx", None)
    help_ = f"`{context.command_path if context else 'kgtool'} --help` shows how"
    if isinstance(error, click.NoSuchOption):
        return f"no such option {error.option_name}; {did_you_mean(error.option_name, error.possibilities or ()) or help_}"
    if isinstance(error, click.BadParameter) and error.param and not isinstance(error, click.MissingParameter):
        return f"{_name(error.param)}: {_misgiven(error.message, error.param.type, help_)}"
    said = error.format_message().removesuffix(".")
    return f"{said[:1].lower()}{said[1:]}; {help_}"


def _name(param: click.Parameter) -> str:
    return max(param.opts, key=len) if isinstance(param, click.Option) else param.human_readable_name


def _misgiven(said: str, kind: click.ParamType, help_: str) -> str:
    """What is wrong with a value, and what is right; click names its own types there, and ranges by their signs."""
    given, is_not, _ = said.partition(" is not ")
    if is_not and isinstance(kind, click.Choice):
        return f"{given} is none of {', '.join(kind.choices)}; {did_you_mean(given.strip(chr(39)), kind.choices) or help_}"
    if is_not and (wanted := _number(kind)):
        return f"{given} is not {wanted}; {help_}"
    return f"{said.removesuffix('.')}; {help_}"


def _number(kind: click.ParamType) -> str:
    """What a number is to be, in words; empty where none is asked for."""
    if not isinstance(kind, click.types.IntParamType | click.types.FloatParamType):
        return ""
    what = "a whole number" if isinstance(kind, click.types.IntParamType) else "a number"
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    if least is None:
        return what
    if most is not None:
        return f"{what} from {least} to {most}"
    return f"{what} above {least}" if kind.min_open else f"{what} from {least} on"


def _fail(message: str, code: int) -> int:
    try:
        click.echo("\n".join(map(printable, f"error: {message}".split("\n"))), err=True)
    except OSError:  # nobody can be told
        _silence(sys.stderr)
    return code
