"""The built scripts are those the manifest lists, reach no other host, and are kept by browsers as long as they last."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import httpx
import pytest
from conftest import ROOT

from kgtool.project import Project
from kgtool.web.address import Address, served
from kgtool.web.pages import about
from kgtool.web.site import STATIC, Site, asset
from kgtool.web.visit import Visit

BUILT = STATIC / "built"
FRONTEND = ROOT / "kgtool" / "web" / "frontend"
MANIFEST = json.loads((BUILT / "manifest.json").read_text())
FIRST_PAINT = 100 * 1024


def test_the_manifest_lists_every_built_file_with_its_digest():
    found = {file.name: file.read_bytes() for file in BUILT.iterdir() if file.name != "manifest.json"}
    assert {name: hashlib.sha256(content).hexdigest() for name, content in found.items()} == {
        name: about["sha256"] for name, about in MANIFEST["files"].items()
    }


@pytest.mark.parametrize("package", MANIFEST["packages"], ids=lambda package: package["name"])
def test_a_bundled_package_is_permissive_and_has_its_notice(package):
    allowed = re.compile(r"MIT|Apache-2\.0|BSD-\d-Clause|ISC|CC0-1\.0|CC-BY-4\.0")
    assert any(allowed.fullmatch(each) for each in re.split(r" OR | AND |[()]", package["licence"]))
    assert f"\n{package['name']} {package['version']} (" in (BUILT / "NOTICES").read_text()
    lock = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]
    assert any(
        path.endswith(f"node_modules/{package['name']}") and about["integrity"] == package["integrity"]
        for path, about in lock.items()
    )


def test_the_lock_file_names_no_registry():
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    assert not [path for path, about in lock["packages"].items() if "resolved" in about]


def test_all_but_the_sparql_page_is_light():
    files = [file for file in STATIC.rglob("*") if file.suffix in (".js", ".css") and not file.name.startswith("query.")]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < FIRST_PAINT


def test_a_file_asked_for_with_its_digest_may_be_kept_for_good(site):
    with httpx.Client(base_url=site) as client:
        assert "immutable" in client.get(asset("built/graph.js")).headers["cache-control"]
        assert client.get("/static/built/graph.js").headers["cache-control"] == "no-cache"
        assert client.get("/static/../app.py").status_code == 404


def shown(project: Project, compiled: Path | None) -> str:
    site = Site(project, compiled)
    return about.html(Visit(site, site.graph, Address("about"), served, asset))


def test_templates_are_kept_compiled_where_they_can_be_and_never_believed_blindly(founding, tmp_path):
    folder, file = tmp_path / "new" / "templates", tmp_path / "file"
    file.write_text("in the way")
    pages = {shown(founding.project, place) for place in (None, folder, folder, file)}
    kept = list(folder.iterdir())
    for path in kept:
        path.write_bytes(path.read_bytes()[:30])
    assert kept and pages == {shown(founding.project, folder)}


def test_templates_are_not_taken_from_where_others_could_have_put_them(founding, tmp_path):
    folder = tmp_path / "templates"
    shown(founding.project, folder)
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    for path in kept:
        path.write_bytes(b"not read")
    folder.chmod(0o777)
    shown(founding.project, folder)
    assert kept and all(path.read_bytes() == b"not read" for path in folder.iterdir())
