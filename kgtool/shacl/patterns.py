"""The triple patterns of somebody's SPARQL, each with the way that leads to it from what is known before.

A pattern counts as reached where a variable of it is bound by patterns that have to match along with it: those of its own
group and of the groups around it. What stands in a subquery is reached from the pre-bound variables alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from pyoxigraph import NamedNode

from kgtool.shacl.chains import condition, statements
from kgtool.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence, turned
from kgtool.shacl.shapes import Rule
from kgtool.shacl.tokens import Group, Token, expanded, tokens, tree
from kgtool.terms import RDF

Route = Path | None
Step = tuple[Route, Path]
# Any predicate at all, which a variable in its place stands for; no shape has such a path.
ANY = Predicate(None)
_TYPE = Predicate(NamedNode(RDF + "type"))
_HARMLESS = {"OPTIONAL", "UNION", "SELECT"}


class Unclear(Exception):
    """The patterns of a query cannot all be reached, so that any triple at all may matter to it."""


def steps(rule: Rule, path: Path | None, known: Mapping[str, Route],
          then: Callable[[Route, Route], Route]) -> Iterator[Step]:
    """For each triple pattern a route to one end of it and the path it goes from there.

    ``known`` are the routes to the pre-bound variables, ``path`` is what $PATH stands for. Raises Unclear.
    """
    terms = {name: str(term) for name, term in rule.parameters if isinstance(term, NamedNode)}
    pieces = [_in_place(token, terms) for token in expanded(tokens(rule.text))]
    if any(token.word == "GRAPH" or token.variable in ("currentShape", "shapesGraph") for token in pieces):
        raise Unclear
    return _Walk(path, known, then).group(tree(pieces), known)


def _in_place(token: Token, terms: Mapping[str, str]) -> Token:
    return replace(token, kind="iri", text=terms[token.variable]) if token.variable in terms else token


class _Walk:
    """Goes through nested groups; ``known`` are the routes to the variables that are bound around a group."""

    def __init__(self, path: Path | None, given: Mapping[str, Route], then: Callable[[Route, Route], Route]):
        self.path = path
        self.given = given
        self.then = then

    def group(self, group: Group, known: Mapping[str, Route]) -> Iterator[Step]:
        if group.is_select or group.kind == "root":
            known = self.given
            yield from (step for inner in group.groups for step in self.group(inner, known))
            return
        known = dict(known)
        yield from self._own(group, known)
        for inner in group.groups:
            yield from self.group(inner, known)

    def _own(self, group: Group, known: dict[str, Route]) -> Iterator[Step]:
        """The steps of the patterns that stand in the group itself; adds the variables that they bind to ``known``."""
        patterns, names = _parted(group)
        left = statements(patterns)
        if left is None:
            raise Unclear
        while left:
            same = {new: known[old] for old, new in names if old in known and new not in known}
            known.update(same)
            reached = next((each for each in left if any(end in known for end in _ends(each))), None)
            if reached is None:
                raise Unclear
            left.remove(reached)
            yield self._step(reached, known)

    def _step(self, statement: list[Token], known: dict[str, Route]) -> Step:
        start, end = _ends(statement)
        path = _Reader(_between(statement), self.path).path()
        if start not in known:
            start, end, path = end, start, turned(path)
        if end and end not in known:
            known[end] = self.then(known[start], path)
        return known[start], path


def _ends(statement: list[Token]) -> tuple[str, str]:
    return statement[0].variable, statement[-1].variable


def _between(statement: list[Token]) -> list[Token]:
    """The tokens of the predicate or path."""
    inner = statement[1:-1]
    if len(statement) > 3 and statement[-2].text == "^^":
        return statement[1:-3]
    return inner[:-1] if statement[-1].kind == "tag" else inner


def _parted(group: Group) -> tuple[list[Token], list[tuple[str, str]]]:
    """The triple patterns of a group, apart from all else, and pairs of variables of which one is given to the other."""
    patterns: list[Token] = []
    names: list[tuple[str, str]] = []
    items = iter(group.items)
    for item in items:
        if isinstance(item, Group) or item.word in _HARMLESS:
            patterns.append(Token("mark", "."))
        elif item.word in ("FILTER", "BIND"):
            inside = [token for token in condition(items) if isinstance(token, Token)]
            names += _given(inside) if item.word == "BIND" else ()
            patterns.append(Token("mark", "."))
        else:
            patterns.append(item)
    return patterns, names


def _given(inside: list[Token]) -> list[tuple[str, str]]:
    """BIND(?a AS ?b) as a pair of names."""
    if len(inside) == 5 and inside[1].variable and inside[2].word == "AS":
        return [(inside[1].variable, inside[3].variable)]
    return []


class _Reader:
    """A property path in the grammar of SPARQL: https://www.w3.org/TR/sparql11-query/#rPath"""

    def __init__(self, pieces: list[Token], own: Path | None):
        self._left = list(pieces)
        self._own = own

    def path(self) -> Path:
        if len(self._left) == 1 and self._left[0].variable not in ("", "PATH"):
            return ANY
        found = self._alternative()
        if self._left:
            raise Unclear
        return found

    def _alternative(self) -> Path:
        ways = [self._sequence()]
        while self._next("|"):
            ways.append(self._sequence())
        return ways[0] if len(ways) == 1 else Alternative(tuple(ways))

    def _sequence(self) -> Path:
        parts = [self._step()]
        while self._next("/"):
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _step(self) -> Path:
        if self._next("^"):
            return Inverse(self._repeated())
        return self._repeated()

    def _repeated(self) -> Path:
        found = self._primary()
        mark = next((mark for mark in "*+?" if self._next(mark)), "")
        return Repeat(found, mark) if mark else found

    def _primary(self) -> Path:
        if self._next("("):
            found = self._alternative()
            if not self._next(")"):
                raise Unclear
            return found
        token = self._left.pop(0) if self._left else Token("mark", "")
        if token.variable == "PATH" and self._own:
            return self._own
        if token.text == "a":
            return _TYPE
        if token.kind != "iri":
            raise Unclear
        return Predicate(NamedNode(token.text[1:-1]))

    def _next(self, mark: str) -> bool:
        is_next = bool(self._left) and self._left[0].text == mark
        if is_next:
            del self._left[0]
        return is_next
