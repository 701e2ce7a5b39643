"""Which store answers: that of a project, built first where it must be, or one elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kgtool import inputs, store
from kgtool.errors import KgtoolError, StoreError, WrongUse
from kgtool.graph.handle import Graph
from kgtool.project import Project
from kgtool.store import Store


def _warn(said: str) -> None:
    import warnings  # which a command line does not need

    warnings.warn(said, stacklevel=4)


def open(
    project: Project, warn: Callable[[str], None] = _warn, strict: bool = False,
    before_build: Callable[[Project], None] = lambda project: None,
) -> Graph:
    """The graph of a project, built first where its files have changed or its store is damaged.

    Files that cannot be built do not take the graph away: the last good one answers, and ``warn`` is told. Where the files
    themselves are to be judged (``strict``) that would be a wrong answer, and what is wrong with them is raised.
    """
    try:
        if found := _current(project, warn):
            return Graph(project, found)
        from kgtool import build  # judges and rules are loaded only where they have something to do

        before_build(project)
        build.build(project, force=True)
    except KgtoolError as error:
        if strict or not _can_answer(project):
            raise
        warn(f"no new graph can be built, so the last good one answers:\n{error}")
    return Graph(project, store.open_read_only(project.store))


def _current(project: Project, warn: Callable[[str], None]) -> Store | None:
    """The store of a project, where it is up to date and not visibly damaged."""
    try:
        return store.open_read_only(project.store) if inputs.up_to_date(project) else None
    except StoreError as damage:
        warn(f"{str(damage).partition('; run ')[0]}; it is built again")
        return None


def _can_answer(project: Project) -> bool:
    try:
        return store.manifest(project.store) is not None
    except StoreError:
        return False


def at(project: Project, where: str) -> Graph:
    """The questions of a project, asked of a store elsewhere: an endpoint's address, or a folder that `kgtool load` made."""
    if not where:
        raise WrongUse("an empty name: name the folder that `kgtool load` made, or the address of an endpoint")
    if "://" not in where:
        if store.manifest(Path(where)) is None:
            raise WrongUse(f"{where} holds no store that this version can read; `kgtool load FILE --into {where}` makes one")
        return Graph(project, store.open_read_only(Path(where)))
    from kgtool import authored

    return Graph(project, store.connect(where, authored.read_prefixes(project)))
