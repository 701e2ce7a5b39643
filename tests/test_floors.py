"""The architecture drawn in kgtool.__doc__ is the code's: imports go down, and libraries stay in their files."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import kgtool

PACKAGE = Path(kgtool.__file__).parent
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "packaged" not in path.relative_to(PACKAGE).parts)
# The face of the package opens the graph, and `python -m kgtool` calls the command line; all else stands on a floor.
OUTSIDE = {"__init__", "__main__"}

# What lies at the top; all else has its place below.
TOP = {"ontology", "graph_data", "queries", "kgtool", "tests", ".ci",
       "pyproject.toml", "Makefile", "README.md", "LICENSE", "CITATION.cff", ".gitignore"}

# Which files may import which library, at the top or inside a function.
LIBRARIES = {
    "pyoxigraph": ["*"],  # its terms are ours everywhere; its engine is not: see below
    "rdflib": ["validate/uncompiled.py", "graph/*", "analysis/algebra.py", "analysis/costs.py"],
    "pyshacl": ["validate/uncompiled.py"],
    "networkx": ["analysis/*", "views/*", "graph/*"],
    "babel": ["countries.py"],
    "pandas": ["answer.py"],
    "duckdb": ["exporters/parquet.py"],
    "numpy": ["analysis/network/large.py"],
    "scipy": ["analysis/network/large.py"],
    "click": ["cli/*"],
    "starlette": ["web/*"],
    "uvicorn": ["web/serve.py", "web/connection.py", "web/reception.py"],
    "uvloop": ["web/serve.py"],
    "jinja2": ["web/site.py", "web/compiled.py"],
    "markupsafe": ["web/words.py"],
    "resvg_py": ["views/png.py"],
    "zstandard": ["streams.py"],
}
TERMS = {"BlankNode", "DefaultGraph", "Literal", "NamedNode", "Quad", "RdfFormat", "Triple"}
ENGINE = ["rdf.py", "load.py", "store/*", "graph/*", "shacl/*", "web/endpoint/*"]


@dataclass(frozen=True)
class Import:
    """``module`` is the module imported, or the module a name was imported from and ``name`` that name."""

    file: Path
    line: int
    module: str
    name: str = ""

    def __str__(self) -> str:
        return f"{shown(self.file)}:{self.line} imports {'.'.join(filter(None, (self.module, self.name)))}"


def floors() -> list[list[str]]:
    """The drawing, top floor first."""
    drawn = re.findall(r"^ {4}(?!>>>)(\S.*)$", kgtool.__doc__.partition("The floors")[2], re.M)
    # what the floor is for stands after the last gap
    return [re.split(r"\s{2,}", line)[:-1] for line in drawn]


@cache
def imports(file: Path) -> tuple[Import, ...]:
    """Every import of a file: inside functions and under TYPE_CHECKING too."""
    return tuple(_imports(file))


def _parsed(code: str) -> ast.Module:
    try:
        return ast.parse(code)
    except SystemError:  # CPython 3.11 miscounts its own depth now and then (gh-106905)
        return ast.parse(code)


def _imports(file: Path) -> Iterator[Import]:
    for node in ast.walk(_parsed(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{shown(file)}:{node.lineno} is relative; write the whole name"
            yield from (Import(file, node.lineno, node.module, alias.name) for alias in node.names)


def shown(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


def unit(file: Path) -> str:
    """The module or package directly under kgtool that a file belongs to."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def target(found: Import) -> Path | None:
    """The file of this package that an import names; None where it is of another."""
    for name in (f"{found.module}.{found.name}", found.module):
        if name.partition(".")[0] == "kgtool":
            path = PACKAGE.joinpath(*name.split(".")[1:])
            for file in (path.with_suffix(".py"), path / "__init__.py"):
                if file in FILES:
                    return file
    return None


def placed(file: Path, patterns: list[str]) -> bool:
    return any(fnmatch(shown(file), pattern) for pattern in patterns)


def is_below(wanted: Path, file: Path) -> bool:
    level = {name: -number for number, floor in enumerate(floors()) for name in floor}
    assert {unit(wanted), unit(file)} <= set(level), f"{unit(wanted)} or {unit(file)} is not in the drawing"
    return level[unit(wanted)] < level[unit(file)]


def test_the_drawing_names_every_module_once():
    there = {unit(file) for file in FILES} - OUTSIDE
    drawn = [name for floor in floors() for name in floor]
    assert sorted(drawn) == sorted(there)


@pytest.mark.parametrize("file", [file for file in FILES if unit(file) not in OUTSIDE], ids=shown)
def test_imports_go_down(file):
    for found in imports(file):
        if (wanted := target(found)) is None or unit(wanted) == unit(file):
            continue
        if unit(wanted) == "__init__":
            assert found.name == "__version__", f"{found}, the whole package; name the module instead"
        else:
            assert is_below(wanted, file), f"{found}, which is not below it"


@pytest.mark.parametrize("package", sorted({unit(file) for file in FILES if file.parent != PACKAGE}))
def test_the_files_of_a_package_do_not_import_each_other_in_a_circle(package):
    inside = [file for file in FILES if unit(file) == package]
    graph = {file: {t for found in imports(file) if (t := target(found)) in inside and t != file} for file in inside}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(map(shown, circle.args[1])))


@pytest.mark.parametrize("file", FILES, ids=shown)
def test_a_library_is_imported_where_the_table_says(file):
    for found in imports(file):
        library = found.module.partition(".")[0]
        if library == "kgtool" or library in sys.stdlib_module_names:
            continue
        assert library in LIBRARIES, f"{found}: a library that the table does not know"
        assert placed(file, LIBRARIES[library]), f"{found}: not its place"


@pytest.mark.parametrize("file", [file for file in FILES if not placed(file, ENGINE)], ids=shown)
def test_the_engine_is_used_where_the_table_says(file):
    """Of pyoxigraph every file may use the terms and format names; parsing, writing and querying have their places."""
    for found in imports(file):
        if found.module == "pyoxigraph":
            assert found.name in TERMS, f"{found}: not for every file"


def test_every_library_of_the_table_is_used():
    used = {found.module.partition(".")[0] for file in FILES for found in imports(file)}
    assert set(LIBRARIES) <= used


def test_the_code_keeps_to_the_rules_that_the_project_declares():
    pytest.importorskip("ruff", reason="ruff is not installed; pip install -e '.[test]'")
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise"]
    found = subprocess.run([*command, PACKAGE.parent], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_nothing_is_kept_at_the_top_but_what_belongs_there():
    command = ["git", "-C", PACKAGE.parent, "ls-tree", "--name-only", "HEAD"]
    if shutil.which("git") is None or (kept := subprocess.run(command, capture_output=True, text=True)).returncode:
        pytest.skip("this is no checkout of git")
    assert set(kept.stdout.split()) == TOP
