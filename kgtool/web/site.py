"""What every page is made from: the graph as it was last built, and the templates."""

from __future__ import annotations

import threading
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kgtool import __version__, store
from kgtool.graph import Graph
from kgtool.project import Project
from kgtool.terms import NOT_MEDICAL_ADVICE

HERE = Path(__file__).parent


class Site:
    """One project, served. ``graph`` is always that of its newest build."""

    def __init__(self, project: Project):
        self.project = project
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )
        self.templates.globals.update(notice=NOT_MEDICAL_ADVICE, version=__version__)
        self._opened: Graph | None = None
        self._generation = ""
        self._opening = threading.Lock()

    @property
    def graph(self) -> Graph:
        """The graph of the current generation; a new build is picked up at the next request."""
        with self._opening:
            made = store.manifest(self.project.store)
            if self._opened is None or (made and made.generation != self._generation):
                self._opened = Graph(self.project, store.open_read_only(self.project.store))
                self._generation = made.generation if made else ""
            return self._opened

    def render(self, template: str, **values: object) -> str:
        return self.templates.get_template(template).render(values)
