"""The explorer as plain files: whole, linked, free of others' texts, the same every time, and never over what is not its own."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from pyoxigraph import RdfFormat, parse

from kgtool import views
from kgtool.errors import WrongUse
from kgtool.terms import NOT_MEDICAL_ADVICE
from kgtool.web import aside, files, publish
from kgtool.web.address import Address
from kgtool.web.pages import PAGES
from kgtool.web.site import Site
from kgtool.web.visit import Visit


class Links(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.links, self.ids = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.links += [value for name, value in attrs if name in ("href", "src", "action", "data-index", "data-rows") and value]
        self.ids |= {value for name, value in attrs if name == "id"}


def broken(folder: Path) -> Iterator[tuple[str, str]]:
    """Each link of each page that does not lead to a file of the folder, or to a place in it."""
    pages = {path: Links(path.read_text()) for path in folder.rglob("*.html")}
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https"):
                continue
            to = Path(os.path.normpath(path.parent / unquote(parts.path))) if parts.path else path
            known = pages[to].ids if to in pages else set()
            if not (to.is_file() and to.is_relative_to(folder)) or (parts.fragment and parts.fragment not in known):
                yield str(path.relative_to(folder)), link


def test_every_link_is_relative_and_leads_to_a_file(published):
    assert not list(broken(published))
    assert len(list(published.rglob("*.html"))) > 60
    about = (published / "about.html").read_text()
    assert {path.name for path in (published / "data").iterdir()} <= set(re.findall('href="data/([^"]*)"', about))
    assert 'class="formats"' not in (published / "thing/id_examplin.html").read_text(), "what is not there is not offered"


@pytest.mark.parametrize("given", [("policy", "regulators-only"), ("jurisdiction", "Japan")])
def test_from_every_map_one_comes_back_to_that_of_any_jurisdiction_and_of_the_hierarchy_that_is_followed(founding, given):
    address = Address("map", given=(given,))
    here = files.name(address)
    visit = Visit(Site(founding.project), founding, address, files.link(here, publish.fits), files.asset(here), alone=True)
    made = PAGES["map"].formats["html"](visit)
    links = {text: link for link, text in re.findall('<a href="([^"]*)"[^>]*>([^<]*)</a>', made)}
    assert {links[back] for back in ("default", "any", "the one that is followed")} == {"../map.html"}
    assert f'aria-current="true">{given[1]}</a>' in made


def test_a_broken_link_would_be_found(published, tmp_path):
    (tmp_path / "a.html").write_text('<a href="b.html">b</a><a href="#c">c</a><a href="/d">d</a><i id="c"></i>')
    assert [link for _, link in broken(tmp_path)] == ["b.html", "/d"]


def test_every_page_and_dump_says_that_it_is_no_advice(published):
    written = {path: path.read_text() for path in published.rglob("*")
               if path.suffix in (".html", ".ttl", ".trig", ".nq", ".jsonld", ".graphml", ".csv")
               and path.parent.name in ("site", "data", "thing", "ask", "map")}
    assert written and [path.name for path, text in written.items() if NOT_MEDICAL_ADVICE not in text
                        and not (path.suffix == ".csv" and len(text.splitlines()) == 1)] == []  # a table without rows


def test_no_words_of_a_source_are_published_though_its_text_is_at_hand(published, page):
    """No eight words in a row of the text."""
    words = page.read_text(encoding="utf-8").split()
    runs = {" ".join(words[at:at + 8]) for at in range(len(words) - 7)}
    for path in published.rglob("*"):
        if path.is_file() and path.suffix != ".svg":
            text = " ".join(path.read_text(encoding="utf-8").split())
            assert not [run for run in runs if run in text], path


def test_two_publications_are_the_same_bytes(world_with_text, published, tmp_path):
    publish.publish(world_with_text, tmp_path / "again", "2026-01-31")
    one, other = (json.loads((made / files.LIST).read_text())["files"] for made in (published, tmp_path / "again"))
    assert one == other and len(one) > 80


def test_the_list_of_files_is_true(published):
    said = json.loads((published / files.LIST).read_text())["files"]
    found = {path.relative_to(published).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
             for path in published.rglob("*") if path.is_file()}
    assert said == {name: digest for name, digest in found.items() if name != files.LIST}


def test_file_names_are_ones_that_every_file_system_takes(published):
    names = [path.relative_to(published).as_posix() for path in published.rglob("*")]
    assert len({name.casefold() for name in names}) == len(names)
    assert not [name for name in names if set(name) & set(':*?"<>|\\ ') or len(name) > 200]


def test_the_metadata_describes_what_is_there(published):
    crate = json.loads((published / "ro-crate-metadata.json").read_text())
    by_id = {entity["@id"]: entity for entity in crate["@graph"]}
    assert by_id["./"]["datePublished"] == "2026-01-31" and by_id["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    for part in by_id["./"]["hasPart"]:
        assert (published / part["@id"]).is_file() and part["@id"] in by_id
    assert by_id["data/graph.ttl"]["sha256"] == hashlib.sha256((published / "data/graph.ttl").read_bytes()).hexdigest()
    void = list(parse((published / "void.ttl").read_bytes(), format=RdfFormat.TURTLE, base_iri="https://example.org/void.ttl"))
    dumps = {quad.object.value for quad in void if quad.predicate.value.endswith("dataDump")}
    assert "https://example.org/data/graph.nq" in dumps
    assert not [quad for quad in void if "invalid" in str(quad) or "sparqlEndpoint" in str(quad)]


def test_everything_that_can_be_searched_for_has_its_page(published):
    script = (published / publish.NAMES).read_text()
    rows = json.loads(script.removeprefix("self.kgtoolNames=").removesuffix(";\n"))["rows"]
    assert len(rows) > 20 and not [row for row in rows if not (published / row[-1]).is_file()]


def test_a_new_publication_takes_the_place_of_the_old(world_with_text, published, tmp_path):
    site = tmp_path / "site"
    shutil.copytree(published, site)
    (site / "thing" / "id_gone.html").write_text("old")
    listed = json.loads((site / files.LIST).read_text())
    listed["files"]["thing/id_gone.html"] = ""
    (site / files.LIST).write_text(json.dumps(listed))
    publish.publish(world_with_text, site)
    assert not (site / "thing" / "id_gone.html").exists() and (site / "index.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_of_somebody_else_is_refused_and_left_as_it_is(world_with_text, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(WrongUse, match=r"kgtool did not publish there, thesis\.txt; name an empty or a new folder"):
        publish.publish(world_with_text, mine)
    assert (mine / "thesis.txt").read_text() == "years of work" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("make", [lambda path: path.write_text("a file"), lambda path: path.symlink_to(path.parent)])
def test_what_is_no_folder_is_refused(world_with_text, tmp_path, make):
    make(tmp_path / "site")
    with pytest.raises(WrongUse, match="is not a folder of its own"):
        publish.publish(world_with_text, tmp_path / "site")


def test_a_publication_that_fails_leaves_the_old_one(published, tmp_path):
    site = tmp_path / "site"
    with files.replaced(site) as beginning:
        (beginning / "index.html").write_text("whole")
    with pytest.raises(RuntimeError), files.replaced(site) as beginning:
        (beginning / "index.html").write_text("half")
        raise RuntimeError("something went wrong")
    assert (site / "index.html").read_text() == "whole" and [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("killed", ["while it wrote", "between its last two steps"])
def test_what_a_killed_run_left_is_cleared_and_nothing_is_lost(tmp_path, killed):
    site, aside = tmp_path / "site", tmp_path / ".site-publishing"
    with files.replaced(site) as beginning:
        (beginning / "index.html").write_text("whole")
    (aside / "new").mkdir(parents=True)
    (aside / "held").touch()
    (aside / "new" / "index.html").write_text("half")
    if killed == "between its last two steps":
        site.rename(aside / "old")
    with pytest.raises(RuntimeError), files.replaced(site):
        assert (site / "index.html").read_text() == "whole"
        raise RuntimeError("something went wrong")
    assert (site / "index.html").read_text() == "whole" and [path.name for path in tmp_path.iterdir()] == ["site"]


def test_two_runs_do_not_publish_into_one_folder_at_a_time(tmp_path):
    refused = pytest.raises(WrongUse, match="another run is publishing there just now")
    with files.replaced(tmp_path / "site"), refused, files.replaced(tmp_path / "site"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_what_lies_where_a_publication_is_made_is_left_alone(tmp_path):
    mine = tmp_path / ".site-publishing"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(WrongUse, match="is in the way, and not from kgtool"), files.replaced(tmp_path / "site"):
        pass
    assert (mine / "thesis.txt").read_text() == "years of work"


def test_names_that_differ_only_in_case_or_signs_have_files_of_their_own():
    names = ["id:a", "id:A", "ID:a", "id_a", "id:a/b", "id:a_b", "kg:usedFor", "kg:usedfor"]
    names += ["id:" + "long" * 60, "id:" + "long" * 61]
    found = {files.name(Address("thing", name)).casefold() for name in names}
    assert len(found) == len(names)


def test_pictures_are_drawn_though_those_who_draw_them_are_killed(founding, tmp_path):
    pictures = [founding.draw(thing) for thing in ("baclofen", "spinal muscular atrophy", "GABA receptor")]
    drawn: dict[Path, bytes] = {}
    with aside.Drawing(drawn.__setitem__) as drawing:
        drawing.draw(tmp_path / "0", pictures[0])
        for process in list(drawing._pool._processes.values()):
            process.kill()
            process.join()
        for number, picture in enumerate(pictures[1:], 1):
            drawing.draw(tmp_path / str(number), picture)
    assert drawn == {tmp_path / str(number): views.WRITERS[".svg"](picture) for number, picture in enumerate(pictures)}


def test_the_command_publishes_and_says_where_to_begin(run_built, tmp_path):
    done = run_built("publish", tmp_path / "site")
    assert done.returncode == 0 and "begin at" in done.stderr and (tmp_path / "site" / "index.html").is_file()
    assert "datePublished" not in (tmp_path / "site" / "ro-crate-metadata.json").read_text()
    for date in ("yesterday", "2026-13-45", "20260131"):
        wrong = run_built("publish", tmp_path / "site", "--date", date)
        assert wrong.returncode == 2 and f"--date takes a day of the calendar as YYYY-MM-DD, not '{date}'" in wrong.stderr
