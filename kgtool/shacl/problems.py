"""The two ways a shapes graph can be refused: it is ill-formed, or it asks for more than SPARQL can say."""

from __future__ import annotations

from pyoxigraph import BlankNode

from kgtool.errors import DataError, KgtoolError, Problem
from kgtool.terms import SH, Term


class IllFormed(Problem):
    """What is wrong with one node of a shapes graph; whoever knows the file can find its place by the node."""

    node: Term

    def __new__(cls, node: Term, problem: str, remedy: str = "") -> IllFormed:
        made = super().__new__(cls, f"ill-formed shape {named(node)}: {problem}", remedy)
        made.node = node
        return made


class ShapesError(DataError):
    """The shapes graph is ill-formed, so that SHACL gives it no meaning."""


class Unsupported(KgtoolError):
    """Some shapes are outside the compiler. ``shapes`` pairs each of them with the reason."""

    def __init__(self, shapes: tuple[tuple[Term, str], ...]):
        self.shapes = shapes
        super().__init__("\n".join(f"{named(shape)} is outside the SHACL compiler: {why}" for shape, why in shapes))


def ill_formed(node: Term, problem: str, remedy: str = "") -> ShapesError:
    """The error for one node of a shapes graph."""
    return ShapesError(IllFormed(node, problem, remedy))


def named(node: Term) -> str:
    """A node as messages show it."""
    if isinstance(node, BlankNode):
        return "(unnamed)"
    text = str(node)
    return "sh:" + text[len(SH) + 1 : -1] if text.startswith("<" + SH) else text
