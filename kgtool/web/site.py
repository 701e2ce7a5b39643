"""What every page is made from: the graph as it was last built, and the templates."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from contextlib import suppress
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kgtool import __version__, store
from kgtool.errors import KgtoolError, StoreError
from kgtool.graph import Graph
from kgtool.project import Project
from kgtool.terms import NOT_MEDICAL_ADVICE
from kgtool.web import words
from kgtool.web.compiled import Compiled
from kgtool.web.stamp import stamp

HERE = Path(__file__).parent
STATIC = HERE / "static"


class Site:
    """One project, served. ``graph`` is always that of its newest build; ``compiled`` a folder to keep compiled templates in;
    ``opened`` a graph that is open already, and the stamp from before it was opened."""

    def __init__(self, project: Project, compiled: Path | None = None, opened: tuple[Graph | None, str] = (None, "")):
        self.project = project
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True, bytecode_cache=Compiled(compiled) if compiled else None,
        )
        self.templates.globals.update(notice=NOT_MEDICAL_ADVICE, version=__version__, asset=asset)
        self.templates.filters.update(words.FILTERS)
        self._opened, self._stamp = opened
        self._opening = threading.Lock()

    @property
    def stamp(self) -> str:
        """Differs from build to build, and costs next to nothing to ask for."""
        return stamp(self.project.store)

    @property
    def graph(self) -> Graph:
        """The graph of the newest build that can be read. A page takes it once, so that all it says is of one build."""
        if self._opened is None or self._stamp != self.stamp:
            with self._opening:
                self._reopen()
        return self._opened

    def _reopen(self) -> None:
        newest = self.stamp
        if self._opened is None or self._stamp != newest:
            try:
                self._opened, self._stamp = Graph(self.project, store.open_read_only(self.project.store)), newest
            except StoreError:  # the folder was cleared, or is damaged: what is open answers on
                if self._opened is None:
                    raise

    def settle(self) -> None:
        """Have what is asked of this graph answered from memory where it is small."""
        with suppress(KgtoolError):  # whoever asks for what cannot be read is told
            deque(store.moving_to_memory(self.graph.store), maxlen=0)

    def render(self, template: str, **values: object) -> str:
        return self.templates.get_template(template).render(values)


@cache
def asset(name: str) -> str:
    """The address of a file of static/, with a digest of its content."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"
