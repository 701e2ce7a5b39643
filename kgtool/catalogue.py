"""queries/ as Python values: each .rq file with its front matter, its parameters, and how to fill them in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from kgtool.errors import DataError, Place, Problem, WrongUse, check_text, relative
from kgtool.project import Project
from kgtool.terms import Term, did_you_mean

KEYS = ("title", "question", "param", "severity", "fix", "into", "per", "after", "then")
ANY = "any"  # typed for a parameter, it takes its restriction away
USE = "kg:Use"  # a parameter that is a use, "SIGN in DISEASE": it fills ?sign and ?disease, and either may be open
AGE = "kg:Age"  # a parameter that is an age in whole years
Value = str | Term | None | tuple[str | Term, ...]
_VALUES = r"VALUES\s+\?{name}\s*\{{([^}}]*)\}}"


class Param(NamedTuple):
    """One parameter of a query: ``kinds`` are CURIEs of the classes its values may belong to; ``example`` is what the
    file itself asks for, ``UNDEF`` where it asks for anything."""

    name: str
    kinds: tuple[str, ...]
    help: str
    example: str

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that the parameter fills."""
        return ("sign", "disease") if USE in self.kinds else (self.name,)


class Query(NamedTuple):
    """One .rq file. ``text`` runs as it stands; ``then`` names the judgement that finishes its rows, if one does."""

    name: str
    title: str
    text: str
    question: str = ""
    params: tuple[Param, ...] = ()
    severity: str = ""
    fix: str = ""
    into: str = ""
    per: str = ""
    after: tuple[str, ...] = ()
    then: str = ""

    @property
    def variables(self) -> set[str]:
        """Those that can be filled in."""
        return {variable for param in self.params for variable in param.variables}

    def bind(self, values: Mapping[str, Value]) -> str:
        """The text with variables filled in: an absolute IRI, a term, several of them, or None for any value.

        A parameter that is not named keeps the file's own example. A query may repeat the VALUES line of a parameter
        where a subquery is to begin from it; all of them are filled.
        """
        if unknown := sorted(set(values) - self.variables):
            hint = did_you_mean(unknown[0], self.variables) or f"it takes {', '.join(sorted(self.variables)) or 'none'}"
            raise WrongUse(f"query {self.name} has no parameter {unknown[0]}; {hint}")
        text = self.text
        for name, value in values.items():
            filled = f"VALUES ?{name} {{ {_spelled(value)} }}"
            text = re.sub(_VALUES.format(name=name), lambda _, filled=filled: filled, text)
        return text


def _spelled(value: Value) -> str:
    if value is None:
        return "UNDEF"
    if isinstance(value, tuple):
        return " ".join(map(_spelled, value))
    return f"<{value}>" if isinstance(value, str) else str(value)


def read(path: Path, root: Path) -> Query:
    """One query file, strictly: an unknown key or a parameter without its VALUES line is an error with its place."""
    name = relative(path, root)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise DataError(Problem(f"cannot be read: {why}", "a query is a UTF-8 text file", Place(name))) from error
    if text.startswith("\ufeff"):
        raise DataError(Problem("begins with a byte order mark", "save it as UTF-8 without one", Place(name, 1, 1)))
    keys: dict[str, list[tuple[int, str]]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#+"):
            key, _, value = line[2:].strip().partition(":")
            if key not in KEYS:
                hint = did_you_mean(key, KEYS) or f"known are {', '.join(KEYS)}"
                raise DataError(Problem(f"unknown front matter key {key}", hint, Place(name, number)))
            keys.setdefault(key, []).append((number, value.strip()))
    if "title" not in keys:
        raise DataError(Problem("has no title", "begin with `#+ title: …`", Place(name, 1)))
    single = {key: _only(key, values, name) for key, values in keys.items() if key not in ("param", "after")}
    params = tuple(_param(value, text, Place(name, line)) for line, value in keys.get("param", ()))
    after = tuple(" ".join(value for _, value in keys.get("after", ())).split())
    return Query(name=path.stem, text=text, params=params, after=after, **single)


def _only(key: str, values: list[tuple[int, str]], file: str) -> str:
    (_, value), *others = values
    if others:
        raise DataError(Problem(f"a second {key}", "keep one", Place(file, others[0][0])))
    return value


def _param(value: str, text: str, place: Place) -> Param:
    if len(value.split()) < 2:
        raise DataError(Problem("a parameter without its class", "write `#+ param: NAME CLASS what it is`", place))
    name, kinds, *words = value.split(maxsplit=2)
    param = Param(name, tuple(kinds.split(",")), words[0] if words else "", "")
    examples = [re.search(_VALUES.format(name=variable), text) for variable in param.variables]
    for variable, found in zip(param.variables, examples, strict=True):
        if not found:
            remedy = f"write `VALUES ?{variable} {{ … }}`"
            raise DataError(Problem(f"parameter {name} has no VALUES line", remedy, place))
    return param._replace(example=" in ".join(found.group(1).strip() for found in examples))


def read_all(paths: Iterable[Path], root: Path) -> dict[str, Query]:
    """Queries by name, in the order of their names."""
    return {query.name: query for query in (read(path, root) for path in sorted(paths, key=lambda path: path.stem))}


class Unread(Mapping[str, Query]):
    """Queries by name, each read when it is first asked for: of a hundred files, a question needs a few."""

    def __init__(self, paths: Iterable[Path], root: Path):
        self._paths = {path.stem: path for path in sorted(paths, key=lambda path: path.stem)}
        self._root = root
        self._read: dict[str, Query] = {}

    def __getitem__(self, name: str) -> Query:
        if name not in self._read:
            if name not in self._paths:
                raise DataError(Problem(f"the query {name}.rq is missing under queries/", "bring it back, as kgtool has it"))
            self._read[name] = read(self._paths[name], self._root)
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def questions(project: Project) -> dict[str, Query]:
    """The questions of queries/ask."""
    return read_all(project.files("queries/ask", "*.rq"), project.root)


def question(project: Project, name: str) -> Query:
    """One question; reads its file alone, so that asking one takes no longer when there are many."""
    check_text("a question", name)
    path = project.root / "queries" / "ask" / f"{name}.rq"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.is_file():
        known = [path.stem for path in project.files("queries/ask", "*.rq")]
        raise WrongUse(f"there is no question {name or repr('')}; {did_you_mean(name, known) or '`kgtool ask` lists them'}")
    return read(path, project.root)


JUDGES = "judges"  # what a rule comes after that reads what was judged


def in_order(queries: Iterable[Query]) -> list[Query]:
    """Derivation rules so that each comes after those it names; a circle is an error."""
    waiting, done = {query.name: query for query in queries}, []
    for query in waiting.values():
        if unknown := sorted(set(query.after) - {*waiting, JUDGES}):
            known = sorted((*waiting, JUDGES))
            hint = did_you_mean(unknown[0], known) or f"known are {', '.join(known)}"
            raise WrongUse(f"derivation rule {query.name} comes after {unknown[0]}, which is none; {hint}")
    while waiting:
        ready = sorted(name for name, query in waiting.items() if not set(query.after) & set(waiting))
        if not ready:
            raise WrongUse(f"derivation rules wait for each other in a circle: {', '.join(sorted(waiting))}")
        done += [waiting.pop(name) for name in ready]
    return done


def around_judges(rules: Iterable[Query]) -> tuple[list[Query], list[Query]]:
    """Rules in order as those that judges read, and those that read what judges say, at however many removes."""
    first, last = [], []
    for rule in rules:
        waits = {JUDGES, *(other.name for other in last)} & set(rule.after)
        (last if waits else first).append(rule)
    return first, last
