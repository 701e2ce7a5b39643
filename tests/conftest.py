"""What tests share: a tiny world they may break, the founding graph, and the command line as people run it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import commands
import pytest
from hypothesis import settings

from kgtool import build, graph
from kgtool.graph import Graph
from kgtool.project import FOLDERS, Project
from kgtool.web import publish

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("KGTOOL_SHARED", ROOT.parent / "shared"))
WORLD = ROOT / "tests" / "world"
NOBODY = 65534
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

Run = Callable[..., subprocess.CompletedProcess]


# the same examples in every run: what a suite says of a commit must not depend on luck
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden; review the difference")


@pytest.fixture
def update_golden(request) -> bool:
    """Whether golden files are to be written anew."""
    return request.config.getoption("--update-golden")


@pytest.fixture(scope="session")
def built_world(tmp_path_factory) -> Project:
    """The tiny world with its store; only to be read."""
    root = tmp_path_factory.mktemp("built-world")
    for folder in ("ontology", "queries"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copytree(WORLD / "graph_data", root / "graph_data")
    project = Project(root, root / "build", root / "cache" / "texts")
    build.build(project)
    return project


@pytest.fixture
def world(built_world, tmp_path) -> Project:
    """The tiny world with its store, to be changed and broken."""
    root = tmp_path / "world"
    shutil.copytree(built_world.root, root)
    return Project(root, root / "build", root / "cache" / "texts")


@pytest.fixture(scope="session")
def founding(tmp_path_factory) -> Graph:
    """The graph of this repository, built outside of it; its texts are not at hand."""
    root = tmp_path_factory.mktemp("founding")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, root / folder)
    return graph.open(Project(root, root / "build", root / "cache" / "texts"))


@pytest.fixture(scope="session")
def article() -> Path:
    """The founding article's text, which this repository may not hold."""
    text = SHARED / "sources" / "smanewstoday-baclofen.txt"
    if not text.is_file():
        pytest.skip("the founding article's text is not at hand")
    return text


@pytest.fixture(scope="session")
def page() -> Path:
    """The text that the tiny world's claims point into."""
    return WORLD / "page-v1.txt"


@pytest.fixture(scope="session")
def world_with_text(built_world, page, tmp_path_factory) -> Project:
    """The tiny world, whose one text is at hand."""
    texts = tmp_path_factory.mktemp("texts")
    raw = page.read_bytes()
    (texts / hashlib.sha256(raw).hexdigest()).write_bytes(raw)
    return replace(built_world, texts=texts)


@pytest.fixture(scope="session")
def published(world_with_text, tmp_path_factory) -> Path:
    """The folder that it was published into; only to be read."""
    made = tmp_path_factory.mktemp("published") / "site"
    publish.publish(world_with_text, made, "2026-01-31")
    return made


def _kgtool(
    project: Project, *words: str | Path, stdin: str | bytes = "", **environment: str
) -> subprocess.CompletedProcess:
    """Run a command on a project as people do, in a process of its own that stands in the project's folder.

    It is started anew where something of its environment is told, which Python may read when it starts.
    """
    given = stdin.encode() if isinstance(stdin, str) else stdin
    run = commands.start if environment else commands.run
    done = run(list(map(str, words)), project.root, _surroundings(project) | environment, given)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def _surroundings(project: Project) -> dict[str, str]:
    """The environment of a command: the package under test, and a cache that is the project's own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "KGTOOL_CACHE": str(project.texts.parent), "COLUMNS": "120"}


@pytest.fixture(scope="session")
def kgtool() -> Run:
    """Run a command on a project."""
    return _kgtool


@pytest.fixture
def run(world) -> Run:
    """Run a command on the tiny world."""
    return lambda *words, **more: _kgtool(world, *words, **more)


@pytest.fixture(scope="session")
def run_built(built_world) -> Run:
    """Run a command on the tiny world that changes nothing in it."""
    return lambda *words, **more: _kgtool(built_world, *words, **more)


@pytest.fixture(scope="session")
def run_founding(founding) -> Run:
    """Run a command on this repository's graph."""
    return lambda *words, **more: _kgtool(founding.project, *words, **more)


@contextmanager
def _serving(project: Project, *words: str | Path) -> Iterator[str]:
    """The address of `kgtool serve` on a free port, in a process of its own that ends with the block."""
    command = [sys.executable, "-m", "kgtool", "serve", "--port", "0", *map(str, words)]
    server = subprocess.Popen(command, cwd=project.root, env=_surroundings(project), stderr=subprocess.PIPE, text=True)
    try:
        said = server.stderr.readline()
        found = re.match(r"(http://\S+?)/ ", said)
        assert found, said
        yield found[1]
    finally:
        server.terminate()
        assert server.wait(timeout=20) == 0
        assert "Traceback" not in server.stderr.read()


@pytest.fixture(scope="session")
def serving() -> Callable[..., AbstractContextManager[str]]:
    """Serve a project while a block runs."""
    return _serving


@pytest.fixture(scope="session")
def site(founding) -> Iterator[str]:
    """The address at which this repository's graph is served."""
    with _serving(founding.project) as address:
        yield address


@pytest.fixture(scope="session")
def scratch(built_world, tmp_path_factory) -> Iterator[str]:
    """The address of a server whose endpoint anybody may write to."""
    with _serving(built_world, "--writable", tmp_path_factory.mktemp("scratch"), "--timeout", "4") as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser without a window; where there is none, what needs it is skipped.

    Gone with the module that needs it: while Playwright is there, this thread counts as inside an event loop.
    """
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.skip(f"there is no browser: none of {', '.join(CHROMIUM)} is on the path")
    with sync_api.sync_playwright() as playwright:
        try:
            # a browser started by root may not put its pages into a sandbox
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        except sync_api.Error as error:
            pytest.skip(f"{found} does not start: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium) -> Iterator[Callable[..., Page]]:
    """Open a page of a site as a reader does; ``width`` and ``scheme`` are those of the screen.

    Afterwards no page may have complained on its console, nor asked anybody but the site that served it.
    """
    complaints, opened = [], []

    def visit(address: str, width: int = 1280, scheme: str = "light", refused: str = "", scripts: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", accept_downloads=True,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(30_000)
        page = context.new_page()
        opened.append(context)
        own = "/".join(address.split("/")[:3]) + "/"  # http://HOST:PORT/, or file:///
        page.on("console", lambda said: said.type in ("error", "warning") and not (refused and refused in said.text)
                and complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith(("data:", "blob:", own))
                or complaints.append(f"asked {asked.url}"))
        page.goto(address)
        return page

    yield visit
    for context in opened:
        context.close()
    assert not complaints


def faults(page: Page) -> list[str]:
    """The serious faults of accessibility that axe-core finds on a page."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed").Axe()
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]  # else all that is well is told, too
    return [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in found if fault["impact"] in ("serious", "critical") for node in fault["nodes"]
    ]


@pytest.fixture(scope="session")
def without_privileges() -> Callable[[Path], AbstractContextManager[None]]:
    """A block in which permissions count: root, whom they do not bind, becomes nobody, to whom the folder is given."""
    return _without_privileges


@contextmanager
def _without_privileges(folder: Path) -> Iterator[None]:
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    for above in (folder, *folder.parents):
        if above.stat().st_uid == 0 and above.stat().st_mode & 0o011 != 0o011:
            above.chmod(above.stat().st_mode | 0o011)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
