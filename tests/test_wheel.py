"""A wheel built from the repository answers wherever it is installed, with a store in the user's cache."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The wheel's content, unpacked as an installer would."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheel; it comes with the test extra")
    made = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)], cwd=ROOT, check=True,
                   capture_output=True)
    (wheel,) = made.glob("kgtool-*.whl")
    zipfile.ZipFile(wheel).extractall(made / "site")
    return made / "site"


def run(installed: Path, cwd: Path, *words: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(installed), "KGTOOL_CACHE": str(cwd / "cache")}
    return subprocess.run([sys.executable, "-m", "kgtool", *words], cwd=cwd, env=environment, capture_output=True, text=True)


def test_the_packaged_graph_answers_and_its_store_lies_in_the_cache(installed: Path, tmp_path: Path):
    answered = run(installed, tmp_path, "ask", "routes", "-f", "jsonl")
    assert answered.returncode == 0, answered.stderr
    assert "NCIT:C38288" in answered.stdout
    assert list((tmp_path / "cache" / "stores").iterdir())
    assert not list(installed.rglob("current.json")), "nothing is written beside the installed package"


def test_pictures_and_exports_work_from_the_wheel(installed: Path, tmp_path: Path):
    drawn = run(installed, tmp_path, "draw", "baclofen", "-o", "baclofen.html")
    assert drawn.returncode == 0, drawn.stderr
    assert "baclofen" in (tmp_path / "baclofen.html").read_text(encoding="utf-8")
    exported = run(installed, tmp_path, "export", "graph.ttl")
    assert exported.returncode == 0, exported.stderr


def test_a_folder_that_is_a_project_is_used_before_the_packaged_one(installed: Path, tmp_path: Path):
    for folder in ("ontology", "graph_data", "queries"):
        (tmp_path / folder).mkdir()
    asked = run(installed, tmp_path / "queries", "ask")
    assert asked.returncode == 0
    assert asked.stdout == ""


def test_the_wheel_holds_what_people_write_and_no_text_of_others(installed: Path):
    packaged = installed / "kgtool" / "packaged"
    for folder in ("ontology", "graph_data", "queries"):
        written = {p.relative_to(ROOT / folder) for p in (ROOT / folder).rglob("*") if p.is_file()}
        assert written == {p.relative_to(packaged / folder) for p in (packaged / folder).rglob("*") if p.is_file()}
    assert not list(installed.rglob("*.txt")) or all("dist-info" in str(p) for p in installed.rglob("*.txt"))
