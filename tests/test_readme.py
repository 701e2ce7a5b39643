"""The READMEs are true: every command they show runs, and every file, question and format they must name is there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import commands
import pytest

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)


def blocks(name: str, language: str) -> list[str]:
    return [body for found, body in BLOCK.findall((ROOT / name).read_text(encoding="utf-8")) if found == language]


def examples() -> list[list[str]]:
    """The commands of each block; those below one another may build on one another."""
    lines = [[line for line in body.splitlines() if line.startswith("kgtool ")] for body in blocks("README.md", "sh")]
    return [*filter(None, lines)]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Path:
    """A project as a new user has it: the written folders, nothing built."""
    made = tmp_path_factory.mktemp("fresh")
    for folder in ("ontology", "graph_data", "queries"):
        shutil.copytree(ROOT / folder, made / folder)
    return made


def environment(project: Path) -> dict[str, str]:
    return {**os.environ, "KGTOOL_CACHE": str(project / "cache"), "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("lines", examples(), ids=lambda lines: lines[0])
def test_every_command_of_the_readme_runs(lines: list[str], fresh: Path):
    for line in lines:
        _, *words = shlex.split(line, comments=True)
        ran = commands.run(words, fresh, environment(fresh))
        assert ran.returncode == 0, (line, ran.stderr)
        files = [fresh / word for word in words if '.' in word and (fresh / word).is_file()]
        folders = [fresh / word for word in words if (fresh / word).is_dir()]
        assert ran.stdout or any(path.stat().st_size for path in files) or any(any(path.iterdir()) for path in folders), line
        assert "Traceback" not in ran.stderr, line


@pytest.mark.parametrize("code", blocks("README.md", "python"))
def test_the_python_of_the_readme_runs(code: str, fresh: Path):
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=fresh, env=environment(fresh), capture_output=True, text=True, timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    assert "NCIT:C38288" in ran.stdout


def test_the_questions_readme_has_a_row_for_every_question():
    text = (ROOT / "queries" / "README.md").read_text(encoding="utf-8")
    missing = [path.stem for path in (ROOT / "queries" / "ask").glob("*.rq") if f"`{path.stem}`" not in text]
    assert not missing


def test_the_queries_readme_names_every_front_matter_key():
    from kgtool.catalogue import KEYS

    text = (ROOT / "queries" / "README.md").read_text(encoding="utf-8")
    assert not [key for key in KEYS if f"`{key}`" not in text]


def test_the_readme_names_every_format_and_every_command():
    from kgtool.cli import COMMANDS
    from kgtool.exporters import EXPORTERS
    from kgtool.rows import ROWS

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in (*COMMANDS, *EXPORTERS, *ROWS) if name not in text]


@pytest.mark.parametrize("name", [
    "README.md", "graph_data/README.md", "ontology/README.md", "queries/README.md", "tests/README.md",
])
def test_links_of_the_readmes_lead_somewhere(name: str):
    text = (ROOT / name).read_text(encoding="utf-8")
    local = [target for target in re.findall(r"\]\(([^)#]+)", text) if "://" not in target]
    assert not [target for target in local if not (ROOT / name).parent.joinpath(target).exists()]


@pytest.mark.parametrize("folder", ["graph_data", "tests"])
def test_a_readme_names_every_file_of_its_folder_but_the_tests(folder: str):
    text = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    files = [path.name for path in (ROOT / folder).iterdir() if path.name not in ("README.md", "LICENSE", "__pycache__")]
    assert not [name for name in files if not name.startswith(("test_", ".")) and name not in text]


def test_the_picture_of_the_readme_is_the_one_that_is_drawn(founding, update_golden: bool):
    from kgtool.views import WRITERS

    golden = ROOT / "tests" / "golden" / "baclofen.svg"
    drawn = WRITERS[".svg"](founding.draw("baclofen", source="smanewstoday-baclofen-v1"))
    if update_golden:
        golden.write_bytes(drawn)
    assert drawn == golden.read_bytes(), "look at the new picture, then run pytest --update-golden"
