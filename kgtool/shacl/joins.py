"""Patterns that meet the rest of a query in two variables or more: matched by themselves, then joined by both at once.

The engine would go from row to row along one of the variables: for "another claim on the same drug and condition",
through every claim on the drug. Joined by hash, each side is gone through once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kgtool.shacl.chains import OTHER, Statement, parted, statements, text
from kgtool.shacl.tokens import Group, written


def joined(group: Group, focus: str, inner: Callable[[Group], str]) -> str:
    """The group with what is said of one such node in a SELECT of its own; an empty string where there is none.

    The same rows as often: patterns that are joined match what they match together.
    """
    if any(token.word in OTHER for token in group.tokens):
        return ""
    patterns, filters = parted(group)
    found = statements(patterns)
    if found is None or any(token.text.startswith("_:") for statement in found for token in statement):
        return ""
    for node in dict.fromkeys(statement[0].variable for statement in found):
        own = [statement for statement in found if statement[0].variable == node]
        others = [statement for statement in found if statement[0].variable != node]
        if node not in ("", focus) and _stands_apart(node, own, others, focus):
            rest = " . ".join(map(text, others))
            alone = " . ".join(map(text, own))
            return f"{rest} . {{ SELECT * WHERE {{ {alone} }} }} {written(Group('plain', filters), inner)}"
    return ""


def _stands_apart(node: str, own: list[Statement], others: list[Statement], focus: str) -> bool:
    inside, outside = {statement[-1].variable for statement in own}, _variables(others)
    is_simple = all(len(statement) == 3 and not statement[1].variable for statement in own)
    return is_simple and node not in inside | outside and focus not in inside and len(inside & outside - {""}) > 1


def _variables(found: Iterable[Statement]) -> set[str]:
    return {token.variable for statement in found for token in statement}
