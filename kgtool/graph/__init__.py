"""The handle a Python user holds: open() gives a Graph, whose verbs are thin over the floors below."""

from kgtool.graph.handle import Graph
from kgtool.graph.opening import at, open
from kgtool.graph.triples import Triples

__all__ = ["Graph", "Triples", "at", "open"]
