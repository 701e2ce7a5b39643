"""A SPARQL query as tokens and nested groups: enough of its form to check it and to put patterns into it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

_TOKEN = re.compile(
    r"""(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}
        |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<variable>[?$]\w+)
    |(?P<name>(?:[^\W\d][\w.-]*)?:(?:[\w:%-]|\\.|\.(?=[\w:%.-]*[\w:%-]))*)
    |(?P<word>[^\W\d]\w*)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<mark>\^\^|&&|\|\||[!<>]=|.)""",
    re.VERBOSE | re.DOTALL,
)
_SPACE = re.compile(r"(?:\s|#[^\n]*(?:\n|\Z))*")


@dataclass(frozen=True)
class Token:
    """One piece of a query and the space after it, so that the pieces put together are the query again."""

    kind: str
    text: str
    space: str = " "

    @property
    def word(self) -> str:
        """The keyword in capitals; empty for anything that is not a plain word."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def variable(self) -> str:
        """The variable's name; empty for anything else."""
        return self.text[1:] if self.kind == "variable" else ""


@dataclass
class Group:
    """What stands between braces; ``kind`` is root, where, optional, exists, graph or plain."""

    kind: str
    items: list[Token | Group] = field(default_factory=list)

    @property
    def tokens(self) -> list[Token]:
        """The tokens directly in this group."""
        return [item for item in self.items if isinstance(item, Token)]

    @property
    def groups(self) -> list[Group]:
        return [item for item in self.items if isinstance(item, Group)]

    @property
    def is_select(self) -> bool:
        return any(token.word == "SELECT" for token in self.tokens)

    def all_tokens(self) -> Iterator[Token]:
        for item in self.items:
            yield from [item] if isinstance(item, Token) else item.all_tokens()

    def all_groups(self) -> Iterator[Group]:
        """This group and every one inside it."""
        yield self
        for group in self.groups:
            yield from group.all_groups()

    def mentions(self, variable: str) -> bool:
        return any(token.variable == variable for token in self.all_tokens())


def tokens(text: str) -> list[Token]:
    """The pieces of a query; comments are dropped."""
    found, position = [], _SPACE.match(text).end()
    while position < len(text):
        match = _TOKEN.match(text, position)
        position = _SPACE.match(text, match.end()).end()
        found.append(Token(match.lastgroup, match[0], " " if position > match.end() else ""))
    return found


def tree(pieces: list[Token]) -> Group:
    """The tokens nested by their braces; braces that do not match are left for the engine to refuse."""
    stack = [Group("root")]
    for token in pieces:
        if token.text == "{":
            stack.append(Group(_kind(stack[-1])))
        elif token.text == "}" and len(stack) > 1:
            closed = stack.pop()
            stack[-1].items.append(closed)
        else:
            stack[-1].items.append(token)
    return stack[0]


def _kind(outer: Group) -> str:
    words = [item.word if isinstance(item, Token) else "}" for item in outer.items[-2:]]
    last = words[-1] if words else ""
    if last in ("EXISTS", "OPTIONAL"):
        return last.lower()
    if words[:-1] == ["GRAPH"]:
        return "graph"
    is_query = outer.is_select or any(token.word == "ASK" for token in outer.tokens)
    return "where" if is_query and not any(group.kind == "where" for group in outer.groups) else "plain"


def written(group: Group, body: Callable[[Group], str]) -> str:
    """The items of a group as text, inner groups through ``body``."""
    return "".join(
        item.text + item.space if isinstance(item, Token) else f"{{ {body(item)} }} " for item in group.items
    )


def renamed(pieces: list[Token], names: Callable[[str], str | None]) -> list[Token]:
    """The tokens with each variable replaced by what ``names`` gives for it, if anything."""
    return [
        replace(token, text=new, space=" ") if token.variable and (new := names(token.variable)) else token
        for token in pieces
    ]


def expanded(pieces: list[Token]) -> list[Token]:
    """The tokens with every prefixed name as a full IRI, so that they can stand in another query."""
    prefixes = {
        name.text[:-1]: iri.text[1:-1]
        for word, name, iri in zip(pieces, pieces[1:], pieces[2:], strict=False)
        if word.word == "PREFIX"
    }
    return [_expanded(token, prefixes) if token.kind == "name" else token for token in pieces]


def _expanded(token: Token, prefixes: dict[str, str]) -> Token:
    prefix, _, local = token.text.partition(":")
    if prefix not in prefixes:
        return token
    return replace(token, kind="iri", text=f"<{prefixes[prefix]}{local.replace(chr(92), '')}>")
