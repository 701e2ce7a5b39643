"""Every page in every form, and every way of asking for it wrongly: one row a page, so that none is forgotten."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from html import unescape
from urllib.parse import urlencode

import httpx
import pytest
from pyoxigraph import RdfFormat, parse

from kgtool.terms import NOT_MEDICAL_ADVICE
from kgtool.web.address import HTML
from kgtool.web.pages import PAGES
from kgtool.web.visit import MEDIA

_USE = "use?drug=id:baclofen&sign=HP:0001257&disease=MONDO:0001516"
# what each page is to be had as, which is part of what addresses promise; and one of its addresses
FORMS = {
    "": ("html json", ""),
    "about": ("html", "about"),  # prose
    "ask": ("html json", "ask"),
    "ask/": ("html json csv tsv rq", "ask/routes?drug=baclofen"),
    "graph/": ("json svg", "graph/id:ciba-geigy"),  # parts of pages
    "judged": ("html json ttl csv", "judged?thing=id:baclofen&kind=GapStatus&verdict=openGap"),
    "map": ("html json ttl csv", "map"),
    "policies": ("html json ttl csv", "policies"),
    "query": ("html json", "query"),
    "search": ("html json", "search?q=spasticity"),
    "sources": ("html json ttl csv", "sources"),
    "thing/": ("html json ttl trig nt nq rdf jsonld graphml csv tsv", "thing/id:baclofen-ms-trial"),
    "things": ("html json csv", "things"),
    "use": ("html json ttl csv", _USE),
    "validation": ("html json sarif ttl", "validation"),
}
RDF = {name: getattr(RdfFormat, form) for name, form in (
    ("ttl", "TURTLE"), ("trig", "TRIG"), ("nt", "N_TRIPLES"), ("nq", "N_QUADS"), ("rdf", "RDF_XML"),
)}
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
HOSTILE = ["x" * 20_000, "\x00", "\x01\n\r", "<script>alert(1)</script>", "../../../etc/passwd", "-1", "' OR 1=1", "\ud7ff\uffff"]


@pytest.fixture(scope="module")
def client(site) -> httpx.Client:
    with httpx.Client(base_url=site, timeout=60) as client:
        yield client


def suffixed(address: str, format: str) -> str:
    path, mark, given = address.partition("?")
    return f"/{path or 'index'}.{format}{mark}{given}"


def given_too(address: str, *pairs: tuple[str, str]) -> str:
    return f"/{address}{'&' if '?' in address else '?'}{urlencode(pairs)}"


def can_be_read(format: str, content: str) -> bool:
    if format in ("json", "jsonld", "sarif"):
        return json.loads(content) is not None
    if format in ("csv", "tsv"):
        rows = csv.reader(io.StringIO(content), delimiter="," if format == "csv" else "\t")
        return len({len(row) for row in rows}) == 1
    return bool(list(parse(content.encode(), format=RDF[format]))) if format in RDF else bool(content)


def test_every_page_is_had_in_the_forms_that_it_promises():
    assert {key: " ".join(page.formats) for key, page in PAGES.items()} == {key: forms for key, (forms, _) in FORMS.items()}


@pytest.mark.parametrize("key", FORMS)
def test_a_form_is_chosen_by_suffix_or_by_accept_and_is_the_same(client, key):
    forms, address = FORMS[key]
    for format in forms.split():
        by_suffix = client.get(suffixed(address, format), headers={"accept": "image/png"})
        by_accept = client.get(f"/{address}", headers={"accept": MEDIA[format].partition(";")[0]})
        for answer in (by_suffix, by_accept):
            assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA[format]), format
            assert can_be_read(format, answer.text), format
        assert by_suffix.content == by_accept.content and by_accept.headers["vary"] == "accept"
        if format != HTML:
            assert client.head(by_accept.headers["content-location"]).headers["content-type"] == MEDIA[format]
        if format not in ("svg", "rq") and key not in ("graph/", "query", "validation"):  # which say nothing of drugs
            assert NOT_MEDICAL_ADVICE in by_suffix.text.replace("\\u0027", "'").replace("&#39;", "'"), format


@pytest.mark.parametrize("key", FORMS)
def test_what_a_page_is_not_had_as_is_refused_with_what_it_is(client, key):
    forms, address = FORMS[key]
    others = [format for format in MEDIA if format not in forms.split()]
    for answer in (client.get(f"/{address}", headers={"accept": "image/png"}), *(
        client.get(suffixed(address, format)) for format in others if not key.endswith("/")
    )):
        assert answer.status_code == 406 and answer.headers["vary"] == "accept"
        assert all(f"(.{format})" in answer.text for format in forms.split())
        assert answer.headers["content-type"].startswith("text/plain")
    if others and not key.endswith("/"):
        calm = client.get(suffixed(address, others[0]), headers=BROWSER)
        assert (calm.status_code, calm.headers["content-type"]) == (406, MEDIA[HTML])
        links = re.findall('<a href="([^"]+)">(?:json|ttl|csv)<', calm.text)
        assert all(client.get(unescape(link)).status_code == 200 for link in links)
        assert all(f">{format}</a>" in calm.text for format in forms.split() if format != HTML)
    unknown = client.get(suffixed(address, "xyz"))
    assert unknown.status_code == 404 and "Traceback" not in unknown.text


@pytest.mark.parametrize("key", FORMS)
def test_a_page_is_asked_for_by_get_and_head_and_says_so(client, key):
    address = f"/{FORMS[key][1]}"
    got, headed = client.get(address), client.head(address)
    assert not headed.content and {**headed.headers, "date": ""} == {**got.headers, "date": ""}
    options = client.options(address)
    assert (options.status_code, options.headers["allow"], options.content) == (204, "GET, HEAD, OPTIONS", b"")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        refused = client.request(method, address)
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        assert refused.headers["content-type"].startswith("text/plain")
    calm = client.post(address, headers=BROWSER)
    assert (calm.status_code, calm.headers["allow"], calm.headers["content-type"]) == (405, "GET, HEAD, OPTIONS", MEDIA[HTML])
    assert "<h1>Not in this way</h1>" in calm.text


@pytest.mark.parametrize("key", FORMS)
def test_no_parameter_is_passed_over(client, key):
    """One that is unknown, given twice, or no number where it is one, is told, in whatever form the page is asked for."""
    forms, address = FORMS[key]
    known = PAGES[key].params or ()
    ways = [[("no-such", "1")], [("x", "1"), ("x", "2")], *([(name, "0"), (name, "0")] for name in known)]
    ways += [[(name, value)] for name in ("from", "row") if name in known for value in ("-1", "x", "9" * 30, "")]
    for pairs in ways:
        pages = [given_too(address, *pairs), given_too(suffixed(address, forms.split()[-1])[1:], *pairs)]
        assert [client.get(page).status_code for page in pages] == [400, 400], pairs


@pytest.mark.parametrize("key", FORMS)
def test_nothing_that_is_sent_is_run_or_breaks_a_page(client, key):
    for value in HOSTILE:
        for name in ("no-such", *(PAGES[key].params or ())):
            path = FORMS[key][1].partition("?")[0]
            answer = client.get(given_too(path, (name, value)), headers={"accept": "text/html, */*;q=0.1"})
            assert answer.status_code in (200, 400, 404, 406, 414), (name, value[:20], answer.text[-300:])
            assert "text/html" not in answer.headers["content-type"] or "<script>alert" not in answer.text
            assert "Traceback" not in answer.text and "root:" not in answer.text


def test_what_is_wrong_with_a_project_is_told_on_its_page_as_its_command_tells_it(world, serving, run):
    (world.root / "graph_data" / "identifiers.tsv").unlink()
    told = run("validate").stderr.removeprefix("error: ")
    assert told.startswith("graph_data/identifiers.tsv: is missing; make it, a table of tabs that begins with the columns ")
    with serving(world) as site:
        for format in ("json", "sarif", "ttl"):
            answer = httpx.get(f"{site}/validation.{format}")
            assert (answer.status_code, answer.text) == (503, told)
        page = httpx.get(f"{site}/validation", headers=BROWSER)
        assert (page.status_code, page.headers["content-type"]) == (503, MEDIA[HTML]) and told.strip() in page.text
        (world.root / "graph_data" / "identifiers.tsv").write_text("identifier\tlabel\tread_in\n")
        assert "<code>kgtool build</code>" in httpx.get(f"{site}/validation", headers=BROWSER).text
        run("build")
        assert httpx.get(f"{site}/validation").status_code == 200
        shutil.rmtree(world.build)
        assert httpx.get(f"{site}/").status_code == 200, "the graph that is open answers on"


def test_the_way_from_a_thing_to_its_page_keeps_the_parameters(client):
    answer = client.get("/id/baclofen?policy=regulators-only", headers={"accept": "application/json"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/thing/id:baclofen.json?policy=regulators-only")
    assert client.options("/id/baclofen").headers["allow"] == "GET, HEAD, OPTIONS"
