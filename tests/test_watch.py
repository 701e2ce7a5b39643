"""An engine that goes astray ends with one message: by what memory it takes, or by an interrupt that does not reach it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from kgtool import build, store
from kgtool.project import Project

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = {
    "endless": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?d && ?a != ?g) }",
    "greedy": "SELECT ?a { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c",
}


@pytest.fixture(scope="module")
def astray(built_world, tmp_path_factory) -> Project:
    """The tiny world with questions that do to the engine what a damaged block may do."""
    root = tmp_path_factory.mktemp("astray") / "world"
    shutil.copytree(built_world.root, root)
    for name, query in QUESTIONS.items():
        (root / "queries" / "ask" / f"{name}.rq").write_text(f"#+ title: {name}\n{query}\n", encoding="utf-8")
    project = Project(root, root / "build", root / "cache" / "texts")
    build.build(project)
    return project


def asking(project: Project, question: str, before: str = "pass") -> subprocess.Popen:
    """`kgtool ask` in a process that says when it begins."""
    return running(project, "ask", question, before=before)


def running(project: Project, *words: str, before: str) -> subprocess.Popen:
    code = f"from kgtool.cli import main, watch; {before}; print('begins', flush=True); main()"
    return subprocess.Popen([sys.executable, "-c", code, "--project", project.root, *words], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)},
                            # what is begun in the background, as whole suites are, is told of no interrupts
                            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL))


def test_more_memory_than_a_store_gives_reason_for_ends_it(astray):
    asked = asking(astray, "greedy", "watch.LEAST, watch.TIMES = 100_000_000, 1")
    answer, said = asked.communicate(timeout=100)
    assert (asked.returncode, answer, said.count("\n")) == (2, "begins\n", 1)
    assert said.startswith(f"error: reading the store at {astray.store} takes more than 10") and "`kgtool build --verify`" in said


@pytest.mark.parametrize("words", [["build", "--force"], ["ask", "routes"]], ids=" ".join)
def test_a_build_ends_too_and_the_last_good_graph_stays(world, words):
    before = store.manifest(world.store)
    with (world.root / "graph_data" / "things.ttl").open("a") as things:
        things.write("# something to be built\n")
    built = running(world, *words, before="watch.LEAST_OF_BUILDS, watch.TIMES = 1_000_000, 0")
    answer, said = built.communicate(timeout=100)
    last = said.splitlines()[-1]
    assert (built.returncode, answer, "Traceback" in said, store.manifest(world.store)) == (2, "begins\n", False, before)
    assert last.startswith(f"error: building {world.store} takes more than 1 MB of memory; what was built before stays")
    assert build.build(world).fresh and len(list(world.store.glob("generation-*"))) == 1


def test_an_interrupt_ends_it_while_the_engine_is_at_work(astray, request):
    asked = asking(astray, "endless")
    request.addfinalizer(asked.kill)
    assert asked.stdout.readline() == "begins\n"
    until = time.monotonic() + 100
    while asked.poll() is None and time.monotonic() < until:  # it may not be at the engine yet, and an import can swallow one
        time.sleep(2)
        asked.send_signal(signal.SIGINT)
    assert asked.communicate(timeout=100) == ("", "error: stopped\n") and asked.returncode == 130
