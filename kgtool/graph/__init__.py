"""The handle a Python user holds: open() gives a Graph, whose verbs are thin over the floors below."""

from kgtool.graph.handle import Graph
from kgtool.graph.opening import at, open

__all__ = ["Graph", "at", "open"]
