"""The explorer's pages over HTTP, as a browser without scripts and as programs ask for them."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import html
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

import httpx
import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kgtool import exporters, store
from kgtool.errors import StoreError, WrongUse
from kgtool.graph import Graph
from kgtool.report import Finding, Report
from kgtool.terms import CLAIM as CLAIM_IRI
from kgtool.terms import DERIVED, GRAPH, ID, KG, NOT_MEDICAL_ADVICE, PROV, RDF
from kgtool.web import kept
from kgtool.web.address import Address, served
from kgtool.web.page import Parts
from kgtool.web.pages import PAGES, ask, judged, policies, sources, start, things, validation
from kgtool.web.site import Site, asset
from kgtool.web.visit import MEDIA, Visit

CLAIM = "claim:smanewstoday-baclofen-v1-f10"
# one address at least of each page, as somebody would follow it from the start
ADDRESSES = {
    "": ["/"],
    "about": ["/about"],
    "ask": ["/ask"],
    "ask/": ["/ask/label-status", "/ask/gaps", "/ask/routes?drug=baclofen", "/ask/what-is?drug="],
    "graph/": [],
    "judged": [
        "/judged?thing=id:baclofen", "/judged?kind=GapStatus&verdict=openGap",
        "/judged?thing=id:baclofen&kind=LabelStatus&verdict=ON&policy=regulators-only",
    ],
    "map": ["/map", "/map?policy=regulators-only&jurisdiction=Japan", "/map?show=gaps", "/map?about=no+such+condition"],
    "policies": [
        "/policies", "/policies?one=default&other=default",
        "/policies?one=everything-said&other=regulators-only&kind=Dispute&from=40",
    ],
    "query": ["/query"],
    "search": ["/search", "/search?q=spasticity", "/search?q=nothing+is+called+so"],
    "sources": ["/sources"],
    "thing/": [
        "/thing/id:baclofen", "/thing/MONDO:0001516", "/thing/HP:0001257", "/thing/id:spasticity-in-sma",
        "/thing/id:gaba-receptor", "/thing/id:baclofen-ms-trial", "/thing/id:ciba-geigy", "/thing/id:smanewstoday-baclofen",
        "/thing/id:smanewstoday-baclofen-v1", f"/thing/{CLAIM}", "/thing/kg:usedFor", "/thing/id:policy-default",
        "/thing/id:baclofen-tablet-us",
    ],
    "things": ["/things", "/things?kind=kg:Disease"],
    "use": ["/use?drug=id:baclofen&sign=HP:0001257&disease=MONDO:0001516"],
    "validation": ["/validation"],
}
PAGES_ONCE = [address for addresses in ADDRESSES.values() for address in addresses]


@pytest.fixture(scope="module")
def client(site) -> httpx.Client:
    with httpx.Client(base_url=site, timeout=60) as client:
        yield client


class Markup(HTMLParser):
    """What a page is made of, and whether every element that was opened is closed."""

    VOID = frozenset({"meta", "link", "input", "img", "br", "circle", "path", "wbr"})

    def __init__(self, text: str):
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


def page(client: httpx.Client, address: str, code: int = 200) -> Markup:
    answer = client.get(address, headers={"accept": "text/html"})
    assert answer.status_code == code, answer.text[:500]
    return Markup(answer.text)


def test_every_page_has_an_address_here():
    assert set(ADDRESSES) == set(PAGES)


@pytest.mark.parametrize("address", PAGES_ONCE)
def test_a_page_is_whole_named_and_says_that_it_is_no_advice(client, address):
    answer = client.get(address)
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"
    made = Markup(answer.text)
    assert not made.open and len(made.all("main")) == len(made.all("h1")) == len(made.all("title")) == 1
    assert NOT_MEDICAL_ADVICE in answer.text and made.all("html")[0]["lang"] == "en"
    assert sorted(made.ids) == sorted(set(made.ids)), "an id names one element"


@pytest.mark.parametrize("address", PAGES_ONCE)
def test_a_page_needs_neither_inline_scripts_nor_other_hosts(client, address):
    made = page(client, address)
    assert not made.all("style") and all(attrs.get("src") for attrs in made.all("script"))
    for tag, attrs in made.elements:
        assert not [name for name in attrs if name.startswith("on") or name == "style"], (tag, attrs)
        fetched = attrs.get("src") or (attrs.get("href") if tag == "link" else None)
        assert fetched is None or fetched.startswith("/"), (tag, attrs)


@pytest.mark.parametrize("address", PAGES_ONCE)
def test_every_form_field_has_its_label_and_every_table_its_caption(client, address):
    made = page(client, address)
    labelled = {attrs.get("for") for attrs in made.all("label")}
    for attrs in made.all("input") + made.all("select"):
        assert attrs["id"] in labelled, attrs
    assert len(made.all("table")) == len(made.all("caption"))
    assert all(attrs.get("alt") for attrs in made.all("img"))


def test_every_link_within_the_explorer_leads_somewhere(client):
    """From all pages above, each kind of address once a page: hundreds of links of a kind lead the same way."""
    seen, wrong = set(), []
    for address in PAGES_ONCE:
        hrefs = [attrs["href"] for attrs in page(client, address).all("a") if attrs.get("href")]
        links = {urljoin(address, href).partition("#")[0] for href in hrefs}
        for link in sorted(link for link in links if link.startswith("/") and link not in seen):
            kind = re.sub(r"[^/?=&]+(?==)|=[^&]*|:[^.?]*", "", link)
            if kind in seen and not link.startswith(("/ask/", "/thing/kg:")):
                continue
            seen |= {link, kind}
            if client.head(link).status_code != 200:
                wrong.append((address, link))
    assert len(seen) > 100 and not wrong


@pytest.mark.parametrize(("iri", "accept", "to"), [
    ("/id/baclofen", "text/html", "/thing/id:baclofen"),
    ("/id/baclofen", "text/turtle", "/thing/id:baclofen.ttl"),
    ("/id/baclofen.json", "text/html", "/thing/id:baclofen.json"),
    ("/claim/smanewstoday-baclofen-v1-f10", "*/*", f"/thing/{CLAIM}"),
    ("/thing/baclofen", "text/html", "/thing/id:baclofen"),
    ("/thing/SMA", "text/html", "/thing/MONDO:0001516"),
    ("/thing/http%3A%2F%2Fpurl.obolibrary.org%2Fobo%2FMONDO_0001516", "text/html", "/thing/MONDO:0001516"),
])
def test_a_thing_is_found_by_its_iri_and_its_names(client, iri, accept, to):
    answer = client.get(iri, headers={"accept": accept})
    assert (answer.status_code, answer.headers["location"]) == (303, to)
    assert client.get(to).status_code == 200


@pytest.mark.parametrize(("accept", "kind"), [
    ("text/html,application/xhtml+xml;q=0.9", "text/html; charset=utf-8"), ("text/turtle", "text/turtle; charset=utf-8"),
    ("application/json;q=0.3, text/turtle;q=0.2", "application/json"),
    ("text/*;q=0.4, application/ld+json", "application/ld+json"),
    ("", "text/html; charset=utf-8"),
])
def test_accept_chooses_the_format(client, accept, kind):
    answer = client.get("/thing/id:baclofen", headers={"accept": accept})
    assert answer.headers["content-type"] == kind and "accept" in answer.headers["vary"].lower()


@pytest.mark.parametrize(("address", "said"), [
    ("/thing/baclofn", "did you mean baclofen?"), ("/thing/id:nothing-of-the-kind", "nothing here is called"),
    ("/ask/gasp", "did you mean gaps?"), ("/nowhere", "there is no page /nowhere"), ("/thing/", "nothing here is called"),
    ("/use?drug=id:baclofen&sign=HP:0000001", "nobody speaks of id:baclofen for HP:0000001;"),
    ("/use?drug=id:baclofen&sign=HP:1&disease=MONDO:1", "for HP:1 in MONDO:1;"), ("/use?drug=x", "of x for anything;"),
    ("/thing/..%2F..%2Fetc%2Fpasswd", "nothing here is called"),
    ("/thing/<script>alert(1)</script>", "nothing here is called"),
])
def test_what_is_not_there_is_not_found_and_what_is_near_is_named(client, address, said):
    answer = client.get(address, headers={"accept": "text/html"})
    assert answer.status_code == 404 and "<script>alert" not in answer.text
    assert said in re.sub("&#39;|&lt;|&gt;", "'", answer.text).replace("Nothing", "nothing").replace("Nobody", "nobody").replace(
        "There is", "there is")


@pytest.mark.parametrize(("address", "said"), [
    ("/ask/routes?drug=baclofn", "did you mean baclofen?"), ("/ask/routes?drgu=baclofen", "did you mean drug?"),
    ("/ask/label-status?age=old", "in whole years"), ("/map?show=everything", "does not show"),
    ("/map?policy=mine", "nothing here is called"), ("/things?kind=kg:Durg", "did you mean kg:Drug?"),
    ("/about?x=1", "has no parameter"), ("/policies?one=nobody", "nothing here is called"),
    (f"/search?q={'a' * 300}", "at the most"),
])
def test_what_makes_no_sense_is_refused_in_place(client, address, said):
    answer = client.get(address, headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert said in answer.text.replace("Nothing", "nothing").replace("&#39;", "'")
    assert client.get(address.replace("?", ".json?"), headers={"accept": "*/*"}).status_code in (400, 406)


def test_what_is_not_known_is_looked_for_by_the_search_of_the_page_not_by_a_command(client):
    for address in ("/ask/label-status?condition=spasticity+in+ALS", "/thing/qqqqqq"):
        said = client.get(address, headers={"accept": "text/html"}).text
        assert "the search above looks for words" in said and "kgtool search" not in said


def test_a_wrong_parameter_is_told_at_its_field_and_the_rest_of_the_form_is_kept(client):
    made = page(client, "/ask/label-status?drug=baclofen&condition=spastcity+in+SMA", 400)
    field = next(attrs for attrs in made.all("input") if attrs["id"] == "p-condition")
    assert field["aria-invalid"] == "true" and field["value"] == "spastcity in SMA"
    assert field["aria-describedby"].split()[-1] in made.ids


@pytest.mark.parametrize("address", ["/", "/thing/id:baclofen", "/thing/id:baclofen.ttl", "/map.csv", "/search?q=sma"])
def test_head_is_get_without_the_body(client, address):
    head, got = client.head(address), client.get(address)
    assert head.status_code == got.status_code == 200 and not head.content
    assert {name: head.headers[name] for name in ("content-type", "content-length")} == {
        name: got.headers[name] for name in ("content-type", "content-length")}


def test_only_reading_is_allowed(client):
    assert client.post("/thing/id:baclofen").status_code in (403, 405)
    assert client.delete("/about").status_code in (403, 405)


# What pages say


def test_a_claim_leads_to_its_source_its_hedge_and_what_rests_on_it(client):
    text = client.get(f"/thing/{CLAIM}").text
    assert "Also usable against spasticity in SMA" in text and "“can also be”" in text
    assert "/thing/id:smanewstoday-baclofen-v1" in text and "Gap status" in text and "/ask/what-if?without=claim" in text


def test_a_judgement_shows_its_reasons_down_to_the_source(client, founding):
    gap = founding.ask("gaps", drug="baclofen").rows[-1][-1]
    text = client.get(f"/thing/{founding.store.prefixes.contract(gap.value)}").text
    assert 'class="tree"' in text and "SMA News Today, page on baclofen, version 1" in text and "What would" not in text


def test_a_dispute_names_its_claims_by_what_they_say(client):
    listed = client.get("/judged?kind=Dispute&verdict=contradictionDispute").text
    page = client.get(re.search(r"/thing/derived:judgement-\w+", listed)[0]).text
    facts = page[page.index('<dl class="facts">'):page.index("</dl>")]
    assert "Baclofen acts at the level of the spinal cord." in facts and ">claim:" not in facts


def test_what_is_entered_of_a_version_is_told_in_words(client):
    page = client.get("/thing/id:smanewstoday-baclofen-v1").text
    assert "<dt>Version of</dt>" in page and "<dt>Entered in full</dt><dd>every relation</dd>" in page


def test_versions_stand_side_by_side(client):
    text = client.get("/thing/id:smanewstoday-baclofen").text
    for change in ("added", "hardened", "softened", "withdrawn"):
        assert f'<span class="status {change}"' in text


def test_the_words_of_a_source_are_shown_only_where_its_text_is_at_hand(founding, article, serving, tmp_path, run_founding):
    words = "can also be used to treat"
    root = tmp_path / "with-text"
    shutil.copytree(founding.project.root, root)
    project = replace(founding.project, root=root, build=root / "build", texts=root / "cache" / "texts")
    project.texts.mkdir(parents=True)
    raw = article.read_bytes()
    (project.texts / hashlib.sha256(raw).hexdigest()).write_bytes(raw)
    with serving(project) as address, httpx.Client(base_url=address, timeout=60) as client:
        version, claim = client.get("/thing/id:smanewstoday-baclofen-v1").text, client.get(f"/thing/{CLAIM}").text
        lit = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", version, re.S))
        assert words in lit and words in "".join(re.findall("<mark>(.*?)</mark>", claim, re.S))
        plain = re.sub(r"<a class=\"here\".*?</a>|<[^>]+>", "", version.partition('class="letter">')[2].partition("</div>")[0])
        assert "".join(plain.split()) == "".join(raw.decode().split()).replace("&", "&amp;")


def test_without_the_text_a_page_says_so(client):
    text = client.get("/thing/id:smanewstoday-baclofen-v1").text
    assert "Text not at hand" in text and "<mark" not in text


def test_a_gap_is_a_hollow_cell_of_the_map_that_opens_what_stands_behind_it(client):
    text = client.get("/map").text
    cell = re.search(r'<td class="use gap"><a href="([^"]+)"', text)[1].replace("&amp;", "&")
    behind = client.get(cell).text
    assert "Spasticity in spinal muscular atrophy" in behind and "Also usable against spasticity in SMA" in behind


def test_the_map_differs_by_policy_jurisdiction_and_hierarchy(client):
    chosen = ("", "?policy=peer-reviewed-only", "?jurisdiction=Japan", "?hierarchy=doid")
    assert len({client.get(f"/map.csv{given}").text for given in chosen}) == 4


def test_search_finds_by_name_synonym_id_and_words(client):
    def first(typed: str) -> dict:
        return client.get("/search.json", params={"q": typed}).json()["found"][0]

    assert first("baclo")["id"] == "id:baclofen" and first("sma")["id"] == "MONDO:0001516"
    assert first("MONDO:0001516")["page"] == "/thing/MONDO:0001516"
    assert first("mentions no approval") == first("mentions no approval") and first("mentions no approval")["kind"] == "claim"
    assert client.get("/search.json?q=").json()["found"] == []


def test_search_may_be_for_things_of_some_kinds_as_a_field_of_a_form_asks(client):
    def kinds(of: str) -> set[str]:
        return {hit["kind"] for hit in client.get("/search.json", params={"q": "spas", "of": of}).json()["found"]}

    assert kinds("kg:Sign") == {"sign"} and kinds("kg:Use") == {"sign", "sign within a disease"}
    assert "claim" in kinds("kg:Claim") and "sign within a disease" in kinds("kg:Condition")
    assert client.get("/search.json?q=spas&of=kg:a>}").status_code == 400


def test_what_is_searched_for_and_not_found_is_named_and_never_becomes_markup(client):
    text = client.get("/search", params={"q": "<img src=x onerror=alert(1)>"}).text
    assert "<img src=x" not in text and "&lt;img" in text


def test_literals_and_iris_of_the_graph_never_become_markup_or_scripts(world, serving, kgtool):
    """A label of another's data that is a script, and an address that is one."""
    entities = next(path for path in sorted(world.root.glob("graph_data/*.ttl")) if "rdfs:label" in path.read_text())
    text = entities.read_text()
    label = re.search(r'rdfs:label "([^"]+)"', text)[1]
    entities.write_text(text.replace(f'"{label}"', '"<script>alert(1)</script><b onclick=x>"', 1))
    with serving(world) as address, httpx.Client(base_url=address, timeout=60) as client:
        seen = [client.get(page).text for page in ("/", "/things", "/search?q=script", "/ask/claims-of", "/map")]
    assert any("&lt;script&gt;alert(1)" in text for text in seen)
    assert not any("<script>alert" in text or "<b onclick" in text for text in seen)


def test_a_page_of_a_thing_is_small(client):
    """What a first visitor fetches: the page, the style and the scripts, as a network would carry them."""
    import zlib

    made = page(client, "/thing/id:baclofen")
    files = [attrs["href"] for attrs in made.all("link")] + [attrs["src"] for attrs in made.all("script")]
    carried = [client.get(name).content for name in ["/thing/id:baclofen", *files]]
    assert sum(len(zlib.compress(content, 6)) for content in carried) < 100_000


# Long lists, and policies


def test_a_thing_of_which_much_is_claimed_shows_the_first_of_each_relation_and_leads_to_the_others(client):
    whole = page(client, "/thing/id:baclofen")
    more = [attrs["href"] for attrs in whole.all("a") if "relation=" in (attrs.get("href") or "")]
    rows = [attrs for attrs in whole.all("tr") if attrs.get("id") and not attrs.get("class")]
    assert more and len(rows) < client.get("/thing/id:baclofen.json").json()["claimsInAll"]
    for address in more:
        shown = client.get(address)
        assert shown.status_code == 200 and "All that is claimed of baclofen" in shown.text
    beyond = client.get(f"{more[0]}&from=5000")
    assert beyond.status_code == 200 and "No such claim from number 5001 on" in beyond.text


@pytest.mark.parametrize("asked", ["side=above&relation=kg:usedFor", "relation=no+such+thing", "relation=kg:usedFor&from=-1"])
def test_a_part_of_the_claims_that_is_not_understood_is_one_sentence(client, asked):
    answer = client.get(f"/thing/id:baclofen?{asked}", headers={"accept": "text/html"})
    assert answer.status_code == 400 and "Traceback" not in answer.text


def test_a_thing_is_looked_at_under_a_policy_and_its_links_keep_it(client):
    under = client.get("/thing/id:baclofen?policy=regulators-only")
    assert "under the regulators-only policy" in under.text
    assert "smanewstoday-baclofen-v1-" not in under.text and "baclofen-tablet-label" not in under.text.partition("<h2")[0]
    leads = [attrs["href"] for attrs in Markup(under.text).all("a") if (attrs.get("href") or "").startswith("/thing/claim:")]
    assert leads and all("policy=regulators-only" in address for address in leads)
    current = [attrs["href"] for attrs in Markup(under.text).all("a") if attrs.get("aria-current") == "true"]
    assert current == ["/thing/id:baclofen?policy=regulators-only"]
    assert client.get("/thing/id:baclofen?policy=none-such", headers={"accept": "text/html"}).status_code == 400


@pytest.mark.parametrize("address", [
    "/", "/map?show=gaps", "/policies", "/use?drug=id:baclofen&sign=HP:0001257&disease=MONDO:0001516",
    "/thing/id:baclofen?policy=regulators-only",
])
def test_the_queries_behind_tables_run_as_they_stand_and_under_the_policy_that_is_looked_under(client, address):
    behind = re.findall(r'<pre tabindex="0"><code>(.*?)</code>', client.get(address).text, re.S)
    assert behind
    for query in map(html.unescape, behind):
        answer = client.get("/sparql", params={"query": query}, headers={"accept": "text/csv"})
        assert answer.status_code == 200, query
        policed = "param: policy" in query and "policy=" in address
        assert not policed or "VALUES ?policy { <https://w3id.org/kgtool/id/policy-regulators-only> }" in query


def test_what_differs_between_two_policies_is_shown_kind_by_kind_and_page_by_page(client):
    pair = "one=everything-said&other=regulators-only"
    kinds = [attrs["href"] for attrs in page(client, f"/policies?{pair}").all("a") if "kind=" in (attrs.get("href") or "")]
    differing = client.get(f"/policies.json?{pair}").json()["differing"]
    assert len(kinds) == len({row["kind"] for row in differing}) > 5
    for address in kinds:
        kind, shown = address.rpartition("kind=")[2], []
        while address:
            made = client.get(address).text
            whats = re.findall('<tr><td class="long">(.*?)</td>', made)
            alike = set(re.findall("In every row:</span> (.*?)</p>", made))
            told = [re.sub('<a class="ref" [^>]*title="([^"]*)">.*?</a>', r"\1", f"{what} · {''.join(alike)}") for what in whats]
            shown += [sorted(html.unescape(what).strip(" ·").split(" · ")) for what in told]
            address = next((attrs["href"] for attrs in Markup(made).all("a") if attrs.get("rel") == "next"), "")
        of_kind = client.get(f"/policies.json?{pair}&kind={kind}").json()["differing"]
        assert of_kind == [row for row in differing if row["kind"] == f"kg:{kind}"], kind
        whole = [sorted(part.removeprefix("of ") for part in row["what"].split("; ")) for row in of_kind]
        assert shown == whole, kind
    assert client.get(f"/policies?{pair}&kind=Disput", headers={"accept": "text/html"}).status_code == 400


@pytest.mark.parametrize(("page", "given"), [
    (policies, {"one": "default", "other": "regulators-only"}), (judged, {"thing": "id:baclofen"}),
])
@pytest.mark.parametrize("format", ["json", "csv"])
def test_rows_that_come_in_parts_are_one_file_and_are_not_sent_again(founding, client, monkeypatch, page, given, format):
    name = page.__name__.rpartition(".")[2]
    answer = client.get(f"/{name}.{format}", params=given)
    assert "content-length" not in answer.headers and len(answer.text) > 10_000
    held = client.get(f"/{name}.{format}", params=given, headers={"if-none-match": answer.headers["etag"]})
    assert (held.status_code, held.content) == (304, b"")
    monkeypatch.setattr(page, "MOST_IN_PART", 7)
    asked = Address(name, format=format, given=tuple(given.items()))
    parts = list(page.PAGE.formats[format](Visit(Site(founding.project), founding, asked, served, asset)))
    assert len(parts) > (10 if format == "csv" else 1) and "".join(parts) == answer.text


@pytest.mark.parametrize("format", ["json", "csv"])
def test_the_rows_of_a_question_come_in_parts_too(client, monkeypatch, format):
    address = f"/ask/compare-policies.{format}?one=everything-said&other=regulators-only"
    whole = client.get(address)
    monkeypatch.setattr(ask, "MOST_IN_PART", 7)
    assert client.get(address).text == whole.text
    assert "content-length" not in whole.headers and len(whole.text) > 10_000


def test_judgements_come_as_turtle_a_part_at_a_time(founding, client, monkeypatch):
    whole = client.get("/judged.ttl?thing=id:baclofen").text
    monkeypatch.setattr(judged, "MOST_IN_PART", 7)
    in_parts = client.get("/judged.ttl?thing=id:baclofen").text
    said = [{quad.triple for quad in parse(text, format=RdfFormat.TURTLE)} for text in (whole, in_parts)]
    about = {triple.subject.value for triple in said[0]}
    assert said[0] == said[1] == {quad.triple for quad in exporters.described(founding.store, about)} and len(about) > 100


def test_an_answer_whose_rest_cannot_be_read_lacks_its_end():
    async def parts() -> AsyncIterator[str]:
        yield "the first rows"
        raise StoreError("the store is damaged")

    async def send(message: dict) -> None:
        sent.append(message)

    sent: list[dict] = []
    asyncio.run(Parts(parts()).stream_response(send))
    assert [message.get("more_body") for message in sent] == [None, True]


def test_what_names_one_thing_in_every_row_is_said_once_above_them(client):
    asked = "/ask/evidence-for?condition=spasticity+in+SMA"
    answered, made = client.get(asked.replace("?", ".json?")).json(), client.get(asked).text
    alike = re.search('<p class="aside">(.*?)</p>', made)[1]
    said_once = re.findall('<span class="quiet">([^<:]*)</span>', alike)
    assert said_once == ["drug", "sign", "disease", "bridge", "rests on"] and "/thing/id:baclofen" in alike
    headed = re.findall('<th scope="col">(.*?)</th>', made.partition('<table class="rows answer')[2].partition("</thead>")[0])
    assert len(answered["rows"]) == 3 and "support" in headed and not set(headed) & set(said_once)
    two = client.get("/ask/label-status?condition=spasticity+in+SMA&jurisdiction=US").text
    assert two.count("<tbody>") == 2 and "In every row" not in two, "two rows are read as fast as what is said above them"


def test_what_follows_from_a_claim_is_headed_by_what_it_says(client):
    assert "What follows about <a" in (made := client.get(f"/judged?thing={CLAIM}").text)
    assert "“Also usable against spasticity in SMA" in re.search("<h1>(.*?)</h1>", made)[1]


def test_judgements_with_one_reason_tell_what_each_was_made_for(client):
    made = client.get("/judged?thing=id:baclofen&kind=LabelStatus&verdict=AGAINST").text
    rows = [re.sub('href="[^"]*"', "", row) for row in re.findall('<li><a class="tally".*?</li>', made)]
    assert len(rows) > 10 and len(set(rows)) == len(rows)
    assert "stroke disorder · MONDO, file of 2024-07" in made and "stroke disorder · Disease Ontology, file of 2024-07" in made


def test_the_steps_of_a_rating_stand_in_the_order_in_which_they_were_taken(client):
    listed = client.get("/judged?thing=id:baclofen&kind=CertaintyRating&verdict=veryLowCertainty").text
    made = client.get(re.search(r"/thing/derived:judgement-\w+", listed)[0]).text
    steps = re.findall("<li>(.*?)</li>", made.partition('<ol class="steps">')[2].partition("</ol>")[0])
    reached = [re.match("[^:]* (?:to )?(high|moderate|low|very low):", step)[1] for step in steps]
    assert steps[0].startswith("start, ") and len(steps) > 2
    assert reached == sorted(reached, key=["high", "moderate", "low", "very low"].index)


def test_the_claims_of_one_relation_stand_beside_its_name(client):
    made = client.get("/thing/id:baclofen").text.partition('<table class="claims')[2].partition("</table>")[0]
    groups = made.split("<tbody")[1:]
    spans = [re.findall('rowspan="([0-9]+)"', group) for group in groups]
    assert len(groups) > 5 and spans == [[str(group.count("<tr"))] for group in groups]


@pytest.mark.parametrize(("address", "column"), [("/sources", "version"), ("/things?kind=kg:Disease", "thing")])
def test_a_list_is_a_table_too_of_all_that_its_pages_show(client, address, column):
    path, _, asked = address.partition("?")
    rows = list(csv.DictReader(client.get(f"{path}.csv?{asked}&from=3").text.splitlines()))
    assert rows and all(row["notice"] == NOT_MEDICAL_ADVICE for row in rows)
    assert [row[column] for row in client.get(f"{path}.json?{asked}").json()["rows"]] == [row[column] for row in rows]
    shown = [attrs["title"] for attrs in page(client, address).all("a") if "title" in attrs]
    assert {row[column] for row in rows} <= set(shown)


def test_the_map_as_data_is_of_the_uses_that_fit_what_was_asked(client):
    every, open_ = (client.get(f"/map.json{asked}").json()["rows"] for asked in ("", "?show=gaps"))
    assert 0 < len(open_) < len(every) and all(row["gap"] for row in open_)
    assert len(list(csv.DictReader(client.get("/map.csv?show=gaps").text.splitlines()))) == len(open_)
    written = client.get("/map.ttl?show=gaps").text
    assert written.count("kg:useOf ") == len(open_) and all(claim in written for row in open_ for claim in row["claims"].split())


@pytest.mark.parametrize("address", [
    "/sources?", "/things?kind=kg:Drug&", "/judged?thing=id:baclofen&kind=LabelStatus&verdict=ON&",
])
def test_beyond_the_end_of_a_list_one_is_led_back_to_its_beginning(client, address):
    made = client.get(f"{address}from=5000")
    assert made.status_code == 200 and "Nothing stands from number 5,001 on; there are" in made.text
    (back,) = [attrs["href"] for attrs in Markup(made.text).all("a") if attrs.get("rel") == "prev"]
    assert "from=" not in back and client.get(back).status_code == 200
    assert client.get(f"{address}from=-1", headers={"accept": "text/html"}).status_code == 400


def test_a_tally_leads_to_all_the_judgements_behind_it(client):
    for kind in client.get("/thing/id:spasticity-in-sma.json").json()["verdicts"]:
        of, verdict = (kind[name].removeprefix("kg:") for name in ("kind", "verdict"))
        listed = page(client, f"/judged?thing=id:spasticity-in-sma&kind={of}&verdict={verdict}")
        judgements = [attrs for attrs in listed.all("a") if attrs.get("class") == "tally"]
        assert len(judgements) == min(kind["count"], 50), (of, verdict)


def test_the_judgements_of_one_kind_are_listed_a_page_at_a_time(client):
    first = page(client, "/judged?kind=LabelStatus&verdict=OFF")
    (further,) = [attrs["href"] for attrs in first.all("a") if attrs.get("rel") == "next"]
    seen = [[a["href"] for a in made.all("a") if a.get("class") == "tally"] for made in (first, page(client, further))]
    assert len(seen[0]) == 50 and seen[0][-1] < seen[1][0]
    assert all(listed == sorted(set(listed)) for listed in seen), "in the order of names, whatever order the store has"


def test_sources_are_listed_a_page_at_a_time_each_with_its_claims_counted(founding, monkeypatch):
    def rows(first: int) -> list[str]:
        graph = Graph(founding.project, founding.store)
        address = Address("sources", given=(("from", str(first)),))
        shown = sources.html(Visit(Site(founding.project), graph, address, served, asset))
        return re.findall(r"<tr><td>.*?</tr>", shown, re.S)

    whole = rows(0)
    assert len(whole) == len(founding.versions()) < sources.MOST
    monkeypatch.setattr(sources, "MOST", 5)
    assert [row for first in range(0, len(whole), 5) for row in rows(first)] == whole
    assert rows(len(whole)) == []


def test_judgements_too_many_to_be_put_in_order_are_said_to_stand_in_none(founding):
    default = NamedNode(f"{GRAPH}judgements-default")

    def quads(number: int) -> Iterator[Quad]:
        said = {"verdict": KG + "OFF", "policy": ID + "policy-default", "reason": "", "rule": ""}
        for n in range(number):
            judgement = NamedNode(f"{DERIVED}judgement-{n:016x}")
            yield Quad(judgement, NamedNode(RDF + "type"), NamedNode(KG + "LabelStatus"), default)
            for part, value in said.items():
                yield Quad(judgement, NamedNode(KG + part), NamedNode(value) if value else Literal("so"), default)

    def shown(number: int) -> str:
        graph = Graph(founding.project, store.in_memory(quads(number), founding.store.prefixes))
        asked = Address("judged", given=(("kind", "LabelStatus"), ("verdict", "OFF")))
        return judged.html(Visit(Site(founding.project), graph, asked, served, asset))

    assert "as the store has them" not in shown(judged.MOST_FOUND)
    assert "More than 10,000 are too many to be put in order" in shown(judged.MOST_FOUND + 1)


def test_findings_are_summed_up_rule_by_rule_and_of_one_rule_all_are_shown(founding):
    graph = Graph(founding.project, founding.store)
    claims = [Finding("violation", "shape Claim", f"{CLAIM_IRI}c{n:03}", f"lacks {n}") for n in range(120)]
    odd = Finding("warning", "passages", "a text", "is odd")
    kept.kept(graph, "validation", lambda: Report.of([*claims, odd], {"shapes": 70}))

    def shown(**given: str) -> str:
        asked = Address("validation", given=tuple(given.items()))
        return validation.html(Visit(Site(founding.project), graph, asked, served, asset))

    summary = shown()
    assert "120 violations, 1 warning" in summary and "Looked at 70 shapes." in summary and "show all 120" in summary
    assert summary.count("<tr><td>") == 4
    parts = [shown(rule="shape Claim", **{"from": first}) for first in ("0", "100")]
    assert [part.count("<tr><td>") for part in parts] == [100, 20] and "/thing/claim:c119" in parts[1]
    with pytest.raises(WrongUse, match="did you mean shape Claim"):
        shown(rule="shape Clam")


def test_where_nothing_is_entered_pages_say_so(founding):
    nothing = Graph(founding.project, store.in_memory([], founding.store.prefixes))
    for page, said in ((start, "no claim is entered"), (things, "Nothing is entered here yet")):
        assert said in page.html(Visit(Site(founding.project), nothing, Address(page.__name__.rpartition(".")[2]), served, asset))


def test_the_start_tells_first_what_is_said_most_plainly_and_what_most_claims_bear_on(founding):
    """Whatever order the store has: the names of judgements, by which it sorts, run the other way."""
    graph, default = NamedNode(f"{GRAPH}judgements-default"), NamedNode(ID + "policy-default")

    def judged(name: str, verdict: str, parts: list[tuple[str, str]]) -> Iterator[Quad]:
        for part, value in [(KG + "verdict", KG + verdict), (KG + "policy", default.value), *parts]:
            yield Quad(NamedNode(DERIVED + name), NamedNode(part), NamedNode(value), graph)

    def claim(name: str, modality: str) -> Iterator[Quad]:
        parts = {"modality": NamedNode(KG + modality), "inOwnWords": Literal(name), "saidIn": NamedNode(ID + "v")}
        for part, value in parts.items():
            yield Quad(NamedNode(CLAIM_IRI + name), NamedNode(KG + part), value, graph)

    quads = [Quad(NamedNode(ID + "v"), NamedNode(PROV + "specializationOf"), NamedNode(ID + "source"), graph)]
    for n in range(8):
        sides = [("possible", "flat")[n > 3], ("possible", "flat")[n > 5]]
        for side, modality in zip("ab", sides, strict=True):
            quads += claim(f"{n}{side}", modality)
        quads += judged(f"dispute-{n}", "contradictionDispute", [(KG + "ofClaim", f"{CLAIM_IRI}{n}{side}") for side in "ab"])
        quads += judged(f"gap-{n}", ("openGap", "contestedGap")[n % 2],
                        [(KG + "ofDrug", ID + "x"), *((PROV + "wasDerivedFrom", f"{CLAIM_IRI}{m}a") for m in range(n))])
        quads.append(Quad(NamedNode(f"{DERIVED}gap-{n}"), NamedNode(KG + "wouldClose"), Literal("a trial"), graph))
    made = store.in_memory(quads, founding.store.prefixes)
    made.merge()
    disputes, gaps = (made.select(founding.views[view].text) for view in ("disputed", "open-gaps"))
    assert [row["judgement"].rpartition("-")[2] for row in disputes] == ["6", "7", "4", "5", "0"]
    assert [(row["judgement"].rpartition("-")[2], row["claims"]) for row in gaps] == [(str(n), n) for n in range(7, 1, -1)]


ANSWERS = {
    "SELECT ?drug ?claims { ?drug a kg:Drug BIND(7 AS ?claims) }": [
        '<a href="/thing/id:baclofen" title="id:baclofen">baclofen</a>', ">7<", "1 row",
    ],
    "ASK { id:baclofen a kg:Drug }": [">Yes.<"], "ASK { id:baclofen a kg:Disease }": [">No.<"],
    "SELECT * { ?none kg:drug ?such }": ["No rows: nothing in this graph answers it."],
    r"CONSTRUCT { id:baclofen kg:usedFor 'a \u2028 \"b\"\n' } {}": [
        ">baclofen</a>", ">is used for</a>", "a \u2028 &#34;b&#34;\n<", "1 row",
    ],
    "CONSTRUCT { [] kg:usedFor <<( id:a id:b 'c' )>> } {}": ["_:", "&lt;&lt;( &lt;https://w3id.org/kgtool/id/a&gt;"],
    "SELECT ('<img src=x>' AS ?text) (BNODE() AS ?blank) (?no AS ?thing) {}": ["&lt;img src=x&gt;", "_:"],
    "SELECT ?s ?p { ?s ?p ?o } LIMIT 501": ["501 rows; the first 500 are shown"],
    """SELECT (CONCAT(?a, ?a, ?a) AS ?long) {
        VALUES ?n { 1 2 3 4 5 6 7 8 9 } { SELECT (GROUP_CONCAT(?words) AS ?a) { ?c kg:reason ?words } } }""": [
        "This is too much for a page.",
    ],
}


# a text that is eight times as long at each step, and four times in one row: it is made at once, and only its answer is large
GROWING = "SELECT ?t7 (?t7 AS ?a) (?t7 AS ?b) (?t7 AS ?c) { BIND('0123456789' AS ?t0) " + "".join(
    f"BIND(CONCAT({', '.join([f'?t{n}'] * 8)}) AS ?t{n + 1}) " for n in range(7)) + "}"


@pytest.mark.parametrize("query", ANSWERS)
def test_a_query_is_answered_as_a_page_without_scripts(client, query):
    made = page(client, "/query/answer?" + urlencode({"query": query}))
    assert not made.open
    text = client.get("/query/answer", params={"query": query}).text
    assert [words for words in ANSWERS[query] if words not in text] == []


@pytest.mark.parametrize("format, kind", [
    ("csv", "text/csv"), ("tsv", "text/tab-separated-values"), ("json", "application/sparql-results+json"),
    ("xml", "application/sparql-results+xml"), ("ttl", "text/turtle"), ("nt", "application/n-triples"),
])
def test_the_form_gives_what_the_endpoint_gives_as_a_file(client, format, kind):
    query = "CONSTRUCT WHERE { id:baclofen a ?kind }" if format in ("ttl", "nt") else "SELECT ?kind { id:baclofen a ?kind }"
    answer = client.get("/query/answer", params={"query": query, "format": format})
    assert answer.headers["content-disposition"] == f'attachment; filename="answer.{format}"'
    assert answer.content == client.get("/sparql", params={"query": query}, headers={"accept": kind}).content


@pytest.mark.parametrize("query, format, status, said", [
    ("SELECT * { ?s kgg:is ?o }", "", 400, "Line 1, column 15: the prefix kgg: is not declared; did you mean"),
    ("SELECT <b>", "", 400, "SELECT &lt;b&gt;"),
    ("  ", "", 400, "There is no query; write one and ask again"),
    ("ASK {}", "pdf", 400, "An answer does not come as &#39;pdf&#39;; it comes as page, csv"),
    ("SELECT * { ?s ?p ?o }", "ttl", 406, "This query gives rows or a yes or no, which come as"),
    ("CONSTRUCT WHERE { ?s ?p ?o }", "csv", 406, "This query gives triples, which come as"),
    ("INSERT DATA { id:a id:b id:c }", "", 400, "This is an update, and the store is read-only"),
    ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", "", 400, "SERVICE"),
    (GROWING, "", 503, "The answer is larger than 64 MB; ask for less"),
])
def test_what_the_form_cannot_answer_is_told_beside_the_query(client, query, format, status, said):
    client.get("/sparql", params={"query": "ASK {}"})  # so that no worker's start is counted to what the query takes
    answer = client.get("/query/answer", params={"query": query, "format": format})
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA["html"])
    assert said.lower() in answer.text.lower() and 'role="alert"' in answer.text
    assert html.escape(query.strip()) in answer.text.replace("&#39;", "&#x27;").replace("&#34;", "&quot;")


def test_an_address_with_more_than_a_query_and_a_format_is_refused(client):
    assert "this page has no parameter" in client.get("/query/answer?query=ASK+{}&x=1").text.lower()
    assert client.get("/query/answer?query=%ff").status_code == 400


def test_what_a_graph_has_answered_is_kept_as_far_as_there_is_room(founding, monkeypatch):
    asked = [f"SELECT ?kind {{ <{ID}{name}> a ?kind }} ORDER BY ?kind" for name in ("baclofen", "gaba-receptor")]
    first, other = (Graph(founding.project, founding.store) for _ in range(2))
    rows = [kept.selected(first, query) for query in asked]
    assert [kept.selected(first, query) is answer for query, answer in zip(asked, rows, strict=True)] == [True, True]
    again = kept.selected(other, asked[0])
    assert again == rows[0] and again is not rows[0], "another graph answers for itself"
    monkeypatch.setattr(kept, "MOST_TERMS", 15)  # room for one
    assert kept.selected(other, asked[1]) == rows[1]
    assert kept.selected(other, asked[0]) is not again


@pytest.mark.parametrize("asked", ["", "?kind=GapStatus", "?thing=no+such", "?kind=a>b&verdict=c", "?thing=id:baclofen&from=x"])
def test_judgements_of_nothing_are_one_sentence(client, asked):
    answer = client.get(f"/judged{asked}", headers={"accept": "text/html"})
    assert answer.status_code in (400, 404) and "Traceback" not in answer.text


def test_a_cell_of_the_map_says_where_a_label_only_limits_what_it_grants(client):
    told = client.get("/map", headers={"accept": "text/html"}).text
    (row,) = re.findall(r'<th scope="row">Spasticity in spinal muscular atrophy</th>.*?</tr>', told, re.S | re.I)
    assert "ON, conditional" in row and 'title="only if' in row


def test_a_field_of_a_form_offers_what_things_are_called_without_a_script(client):
    form = page(client, "/ask/label-status")
    offering = {attrs["list"] for attrs in form.all("input") if attrs.get("list")}
    assert "l-condition" in offering and offering == {attrs["id"] for attrs in form.all("datalist")}
    assert "spasticity in multiple sclerosis" in {attrs.get("value") for attrs in form.all("option")}
