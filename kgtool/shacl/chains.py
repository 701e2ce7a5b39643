"""EXISTS over several triple patterns, written so that each is looked up from what is known before it.

The engine would otherwise join all of them anew for every row: quadratic, where a chain of look-ups is linear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from kgtool.shacl.tokens import Group, Token, written

OTHER = {"BIND", "OPTIONAL", "UNION", "GRAPH", "SELECT", "LATERAL"}
Statement = list[Token]


def chained(group: Group, known: set[str], inner: Callable[[Group], str]) -> str:
    """The group as a chain, or an empty string where it is not two or more plain patterns and filters."""
    if any(token.word in OTHER for token in group.tokens):
        return ""
    patterns, filters = parted(group)
    found = statements(patterns)
    if patterns is None or found is None or len(found) < 2:
        return ""
    steps = (f"{{ {text(statement)} }}" for statement in _ordered(found, known))
    return f"{' LATERAL '.join(steps)} {written(Group('plain', filters), inner)}"


def parted(group: Group) -> tuple[list[Token] | None, list[Token | Group]]:
    """The triple patterns of a group apart from its filters; None where something else is between them."""
    patterns: list[Token] = []
    filters: list[Token | Group] = []
    items = iter(group.items)
    for item in items:
        if isinstance(item, Group):
            return None, []
        if item.word == "FILTER":
            filters += [item, *condition(items)]
            patterns.append(Token("mark", "."))
        else:
            patterns.append(item)
    return patterns, filters


def condition(items: Iterator[Token | Group]) -> list[Token | Group]:
    """What belongs to a FILTER: up to its closing bracket, or to the group of its EXISTS."""
    found: list[Token | Group] = []
    depth = 0
    for item in items:
        found.append(item)
        if isinstance(item, Group):
            if depth == 0:
                return found
            continue
        depth += (item.text == "(") - (item.text == ")")
        if item.text == ")" and depth == 0:
            return found
    return found


def statements(patterns: list[Token] | None) -> list[Statement] | None:
    """One statement a triple pattern; None where brackets make that uncertain."""
    if patterns is None or any(token.text in ("[", "]") for token in patterns):
        return None
    found: list[Statement] = []
    for block in _split(patterns, "."):
        subject, *rest = block
        subject = replace(subject, space=" ")
        if subject.text == "(" or not rest:
            return None
        for part in _split(rest, ";"):
            first, *others = _split(part, ",")
            verb = first[:_verb_length(first)]
            found += [[subject, *first], *([subject, *verb, *other] for other in others)]
    return found


def _verb_length(part: list[Token]) -> int:
    """How many tokens come before the object, which is a term with its datatype or language."""
    tail = 3 if len(part) > 3 and part[-2].text == "^^" else 2 if part[-1].kind == "tag" else 1
    return len(part) - tail


def _split(pieces: list[Token], mark: str) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in pieces:
        if token.kind == "mark" and token.text == mark:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _ordered(statements: list[Statement], known: set[str]) -> list[Statement]:
    """Each step the one that starts from the most that is known by then."""
    left, ordered, bound = list(statements), [], set(known)
    while left:
        best = min(left, key=lambda statement: _cost(statement, bound))
        left.remove(best)
        ordered.append(best)
        bound |= {token.variable for token in best if token.variable}
    return ordered


def _cost(statement: Statement, bound: set[str]) -> int:
    subject, object_ = statement[0], statement[-1]
    from_subject = not subject.variable or subject.variable in bound
    to_object = not object_.variable or object_.variable in bound
    if from_subject:
        return 0 if to_object else 1
    return 2 if object_.variable in bound else 3 if to_object else 4


def text(statement: Statement) -> str:
    return "".join(token.text + token.space for token in statement)
