"""Somebody's SPARQL made ready to run: checked, with pre-bound variables in place, for one node or a whole target.

Pre-binding makes a variable count as bound in every part of a query. The pattern that binds the focus node therefore
stands at the start of every group in which $this could be looked at before anything there has bound it.
"""

# https://www.w3.org/TR/shacl/#pre-binding

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from pyoxigraph import Store

from kgtool.shacl.chains import chained
from kgtool.shacl.joins import joined
from kgtool.shacl.problems import ill_formed
from kgtool.shacl.shapes import Rule
from kgtool.shacl.tokens import Group, Token, expanded, renamed, tokens, tree, written

_FORBIDDEN = ("MINUS", "VALUES", "SERVICE")
_DEEPEST = 60
_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}


@dataclass(frozen=True)
class Binding:
    """A pattern that binds the focus node, the variables it binds (the focus node last), and whether rows repeat.

    ``is_wide`` is whether the focus nodes are all that the data has, rather than some that are named. ``member`` is a
    pattern that matches where the variable holds one of them already; empty where none is known.
    """

    pattern: str
    variables: tuple[str, ...]
    repeats: bool = False
    is_wide: bool = False
    member: str = ""

    @property
    def focus(self) -> str:
        return self.variables[-1]

    @property
    def whole(self) -> str:
        return _distinct(self.variables, self.pattern) if self.repeats else self.pattern

    @property
    def focus_only(self) -> str:
        return _distinct((self.focus,), self.pattern) if self.repeats or len(self.variables) > 1 else self.pattern


def _distinct(variables: tuple[str, ...], pattern: str) -> str:
    return f"{{ SELECT DISTINCT {' '.join(variables)} WHERE {{ {pattern} }} }}"


def check(rule: Rule) -> None:
    """Nothing where pre-binding is defined for the query, an error otherwise."""
    pieces = tokens(rule.text)
    _check_depth(rule, pieces)
    _check_syntax(rule)
    for token in pieces:
        if token.word in _FORBIDDEN:
            raise ill_formed(rule.node, f"{token.word} has no meaning together with pre-bound variables")
    bound = {"this", "shapesGraph", "currentShape", *(name for name, _ in rule.parameters)}
    bound |= {"value"} if rule.form == "ask" else set()
    for before, token in pairwise(pieces):
        if before.word == "AS" and token.variable in bound:
            raise ill_formed(rule.node, f"?{token.variable} is bound already", "use another variable after AS")
    root = tree(pieces)
    _check_selects(rule, root)


def _check_depth(rule: Rule, pieces: list[Token]) -> None:
    depth = deepest = 0
    for token in pieces:
        depth += (token.text in ("{", "(")) - (token.text in ("}", ")"))
        deepest = max(deepest, depth)
    # The engine's parser has no limit of its own but the stack of the process.
    if deepest > _DEEPEST:
        raise ill_formed(rule.node, f"its SPARQL has brackets more than {_DEEPEST} deep")


def _check_syntax(rule: Rule) -> None:
    try:
        Store().query(rule.text)
    except SyntaxError as error:
        raise ill_formed(rule.node, f"its SPARQL cannot be read ({error})") from error


def _check_selects(rule: Rule, root: Group) -> None:
    if rule.form == "select" and not root.is_select:
        raise ill_formed(rule.node, "sh:select must be a SELECT query")
    for group in root.all_groups():
        if group.is_select and not _returns_this(group, is_outermost=group is root):
            raise ill_formed(rule.node, "every SELECT must return $this")


def _returns_this(select: Group, is_outermost: bool) -> bool:
    # SELECT * inside another query returns what is bound there, which $this need not be.
    return (is_outermost and _returns_everything(select)) or any(t.variable == "this" for t in _header(select))


def _returns_everything(select: Group) -> bool:
    return [token.text for token in _header(select) if not token.word] == ["*"]


def check_written_out(rule: Rule, text: str) -> None:
    """Nothing where the query can be read with its parameters in place, an error otherwise."""
    try:
        Store().query(text)
    except SyntaxError as error:
        raise ill_formed(rule.node, f"with its parameters in place its SPARQL cannot be read ({error})") from error


def is_the_same_for_all(rule: Rule) -> bool:
    """Whether one run over a whole target gives what a run per focus node gives."""
    return all(_independent(group) for group in tree(tokens(rule.text)).all_groups() if group.is_select)


def _independent(select: Group) -> bool:
    words = [token.word for token in select.tokens]
    if "LIMIT" in words or "OFFSET" in words:
        return False
    if "GROUP" not in words:
        return not _AGGREGATES.intersection(words) and "HAVING" not in words
    start = words.index("GROUP")
    end = next((i for i in range(start, len(words)) if words[i] in ("HAVING", "ORDER")), len(words))
    return any(token.variable == "this" for token in select.tokens[start:end])


def select(rule: Rule, binding: Binding, constants: Mapping[str, str], path: str = "") -> str:
    """A SELECT over everything the binding binds. ``constants`` are the other pre-bound variables as SPARQL."""
    given = {**constants, **({"PATH": path} if path else {})}
    optional = {name for name, value in rule.parameters if value is None}
    pieces = _with_constants(tokens(rule.text), given, optional)
    root = tree(renamed(pieces, lambda name: binding.focus if name == "this" else None))
    _return_all(root, binding)
    return _text(root, root, binding, {binding.focus[1:]})


def ask(rule: Rule, this: str, value: str, constants: Mapping[str, str], suffix: str) -> str:
    """An expression that is true where the ASK query is, between variables of a larger query."""
    optional = {name for name, given in rule.parameters if given is None}
    pieces = _with_constants(expanded(tokens(rule.text)), constants, optional)
    own = {"this": this, "value": value}
    root = tree(renamed(pieces, lambda name: own.get(name, f"?{name}{suffix}")))
    body = next((group for group in root.groups if group.kind == "where"), None)
    if body is None:
        raise ill_formed(rule.node, "sh:ask must be an ASK query")
    body.kind = "exists"
    return f"EXISTS {{ {_text(body, root, None, {this[1:], value[1:]})} }}"


def _with_constants(pieces: list[Token], constants: Mapping[str, str], optional: set[str]) -> list[Token]:
    found: list[Token] = []
    header, depth = False, 0
    for token in pieces:
        header = token.word == "SELECT" or (header and token.word != "WHERE" and token.text != "{")
        depth += (token.text == "(") - (token.text == ")")
        name = token.variable
        if name in constants or name in optional:
            if [t.text.upper() for t in found[-2:]] == ["BOUND", "("]:
                # bound("a constant") is not SPARQL; what it would say is known.
                found[-2:] = [Token("mark", "("), Token("word", str(name in constants).lower())]
                continue
            token = _constant(token, constants.get(name), header and depth == 0)
        found.append(token)
    return found


def _constant(token: Token, value: str | None, returned: bool) -> Token:
    if value is None:
        return token
    return Token("mark", f"({value} AS ?{token.variable})" if returned else value)


def _header(select: Group) -> list[Token]:
    """The tokens between SELECT and WHERE."""
    start = next(i for i, item in enumerate(select.items) if isinstance(item, Token) and item.word == "SELECT")
    end = next((i for i, item in enumerate(select.items) if isinstance(item, Group)), len(select.items))
    return [item for item in select.items[start + 1 : end] if isinstance(item, Token) and item.word != "WHERE"]


def _return_all(root: Group, binding: Binding) -> None:
    """Every variable of the binding is returned, and grouped by, so that no two focus nodes share a row."""
    words = [item.word if isinstance(item, Token) else "" for item in root.items]
    if "GROUP" in words:
        at = words.index("GROUP") + 2
        root.items[at:at] = [Token("variable", name) for name in binding.variables[:-1]]
    if _returns_everything(root):
        return
    at = words.index("SELECT") + 1
    at += words[at] in ("DISTINCT", "REDUCED")
    own = {token.text for token in _header(root) if token.kind == "variable"}
    root.items[at:at] = [Token("variable", name) for name in binding.variables if name not in own]


def _text(group: Group, root: Group, binding: Binding | None, known: set[str]) -> str:
    """The inside of a group; within EXISTS the engine itself carries bindings in."""
    if group.kind == "exists":
        def inside(inner: Group) -> str:
            return _text(inner, root, None, known)

        return chained(group, known | _shared(group, root), inside) or written(group, inside)
    is_outermost = any(group is inner for inner in root.groups)
    body = _body(group, root, binding, known, is_outermost)
    if binding is None or group.kind == "root" or not _needs(group, root, binding.focus[1:]):
        return body
    return f"{binding.whole if is_outermost else binding.focus_only} {body}"


def _body(group: Group, root: Group, binding: Binding | None, known: set[str], is_outermost: bool) -> str:
    def inside(inner: Group) -> str:
        return _text(inner, root, binding, known)

    apart = joined(group, binding.focus[1:], inside) if binding and binding.is_wide and is_outermost else ""
    return apart or written(group, inside)


def _needs(group: Group, root: Group, focus: str) -> bool:
    if any(group is inner for inner in root.groups):
        return True
    if group.is_select or not group.mentions(focus):
        return False
    words = {token.word for token in group.tokens}
    is_pattern_only = not words & {"FILTER", "BIND", "OPTIONAL", "UNION", "GRAPH"} and not group.groups
    return not is_pattern_only


def _shared(group: Group, root: Group) -> set[str]:
    """Variables of the group that the rest of the query mentions too."""
    inside = [token.variable for token in group.all_tokens() if token.variable]
    overall = [token.variable for token in root.all_tokens() if token.variable]
    return {name for name in inside if overall.count(name) > inside.count(name)}
