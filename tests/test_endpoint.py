"""The endpoint beyond the W3C's tests: formats, refusals, hostile queries and uploads, a new build; on live servers."""

from __future__ import annotations

import http.client
import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest

from kgtool import build
from kgtool.terms import RDF
from kgtool.web.site import Site
from tests.bench import forms
from tests.test_foreign_queries import REACHING_OUT, REFUSED
from tests.test_guard import say
from tests.w3c_manifests import FORM, QUERY, UPDATE, Client

POINT = "SELECT ?effect { id:baclofen kg:hasSideEffect ?effect }"
SELECT, TRIPLES = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 3", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3"
# each passes the check before, and would run for hours or fill any memory
RUNAWAYS = {
    "a count over a cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "a cross product in order": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "a cross product, each row once": "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "a cross product as one text": "SELECT (GROUP_CONCAT(?c) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "a text doubled and doubled": "SELECT (STRLEN(?x39) AS ?n) { BIND('0123456789' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(39)) + " }",
    "all paths of any length": "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>)* ?b . ?c (!<x:y>)* ?d }",
    "all rows, three times over": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "ten thousand triples of each row": "CONSTRUCT { " + " . ".join(f"?a <x:{n}> ?f" for n in range(100))
    + " } WHERE { ?a ?b ?c . ?d ?e ?f }",
}


@pytest.fixture(scope="module")
def client(site) -> Client:
    return Client(site)


@pytest.fixture(scope="module")
def impatient(founding, serving):
    with serving(founding.project, "--timeout", "1", "--workers", "2") as address:
        yield address


# Formats


@pytest.mark.parametrize(("accept", "media_type", "form"), [
    ("application/sparql-results+json", None, ox.QueryResultsFormat.JSON),
    ("application/sparql-results+xml", None, ox.QueryResultsFormat.XML),
    ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8", ox.QueryResultsFormat.TSV),
    ("*/*", "application/sparql-results+json", ox.QueryResultsFormat.JSON),
    ("text/html, application/xml;q=0.9, */*;q=0.8", "application/xml", ox.QueryResultsFormat.XML),
    ("text/csv;q=0.1, application/sparql-results+xml;q=0.5", "application/sparql-results+xml", ox.QueryResultsFormat.XML),
    ("application/json", "application/json", ox.QueryResultsFormat.JSON),
    ("nonsense, text/tab-separated-values;q=nonsense, application/json;q=0.1", "application/json", ox.QueryResultsFormat.JSON),
])
def test_rows_come_as_the_client_prefers(client, accept, media_type, form):
    answer = client.query(SELECT, accept)
    assert (answer.status, answer.headers["content-type"]) == (200, media_type or accept)
    assert len(list(ox.parse_query_results(answer.body, form))) == 3


def test_rows_come_as_csv(client):
    assert client.query(SELECT, "text/csv").body.startswith(b"s,p,o\r\nhttp")


@pytest.mark.parametrize(("accept", "form"), [
    ("text/turtle", ox.RdfFormat.TURTLE), ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    ("application/rdf+xml", ox.RdfFormat.RDF_XML), ("application/ld+json", ox.RdfFormat.JSON_LD),
    ("application/trig", ox.RdfFormat.TRIG), ("application/n-quads", ox.RdfFormat.N_QUADS), ("*/*", ox.RdfFormat.TURTLE),
])
def test_triples_come_as_the_client_prefers(client, accept, form):
    answer = client.query(TRIPLES, accept)
    assert answer.status == 200
    assert len(list(ox.parse(answer.body, form))) == 3


@pytest.mark.parametrize(("query", "accept"), [(SELECT, "text/turtle"), (TRIPLES, "text/csv"), (SELECT, "image/png"),
                                               ("ASK {}", "application/sparql-results+json;q=0")])
def test_what_cannot_come_in_any_form_wanted_is_406_and_says_in_which_it_could(client, query, accept):
    answer = client.query(query, accept)
    assert (answer.status, b" come as " in answer.body) == (406, True)


def test_the_projects_prefixes_are_known_and_the_querys_own_go_before_them(client):
    assert len(json.loads(client.query(POINT).body)["results"]["bindings"]) > 3
    assert json.loads(client.query("PREFIX kg: <http://other/> " + POINT).body)["results"]["bindings"] == []


def test_a_query_may_be_sent_in_three_ways_and_asked_for_its_head(client):
    spelled = quote("ASK { ?s ?p 'a+b%20c & é' }")
    ways = [
        client.ask("GET", f"/sparql?query={spelled}"), client.ask("POST", "/sparql", f"query={spelled}", content_type=FORM),
        client.ask("POST", "/sparql", "ASK { ?s ?p 'a+b%20c & é' }", content_type=QUERY),
    ]
    assert {(way.status, way.body) for way in ways} == {(200, b'{"head":{},"boolean":false}')}
    head = client.ask("HEAD", f"/sparql?query={spelled}")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "27")


def test_a_form_is_decoded_once(client):
    answer = client.ask("POST", "/sparql", "query=SELECT+(%22%252B+%25%22+AS+?x)+%7B%7D", content_type=FORM)
    assert json.loads(answer.body)["results"]["bindings"][0]["x"]["value"] == "%2B %"


def test_the_graphs_to_ask_can_be_named(client):
    graph = "https://w3id.org/kgtool/graph/edges-everything-said"
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    whole, one, none = (json.loads(client.ask("GET", f"/sparql?query={quote(count)}{more}").body)
                        for more in ("", f"&default-graph-uri={quote(graph)}", f"&named-graph-uri={quote(graph)}"))
    whole, one, none = (int(found["results"]["bindings"][0]["n"]["value"]) for found in (whole, one, none))
    assert whole > one > none == 0


# Refusals


@pytest.mark.parametrize(("method", "path", "body", "headers", "status"), [
    ("PUT", "/sparql", b"", {}, 405), ("DELETE", "/graphs?default", b"", {}, 405), ("PATCH", "/graphs", b"", {}, 405),
    ("PUT", "/graphs?default", b"", {"content_type": "text/turtle"}, 405),
    ("GET", "/sparql?update=CLEAR+ALL", None, {}, 400), ("GET", "/sparql?query=%ff", None, {}, 400),
    ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", None, {}, 400), ("GET", "/sparql?other=1", None, {}, 400),
    ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=nowhere", None, {}, 400),
    ("POST", "/sparql", b"CLEAR ALL", {"content_type": UPDATE}, 403),
    ("POST", "/sparql", b"update=CLEAR+ALL", {"content_type": FORM}, 403),
    ("POST", "/sparql", b"ASK {}", {"content_type": "text/plain"}, 415), ("POST", "/sparql", b"ASK {}", {}, 415),
    ("POST", "/sparql", "ASK {}".encode("utf-16"), {"content_type": QUERY}, 400),
    ("POST", "/sparql", "ASK {}".encode("utf-16"), {"content_type": QUERY + "; charset=UTF-16"}, 415),
    ("POST", "/sparql", b"x" * 300_000, {"content_type": QUERY}, 413),
    ("POST", "/sparql", b"x", {"content_type": QUERY, "content_encoding": "gzip"}, 415),
    ("POST", "/sparql?query=ASK%7B%7D", b"ASK {}", {"content_type": QUERY}, 400),
    ("GET", "/graphs?graph=http://e/none", None, {}, 404), ("GET", "/graphs?graph=none", None, {}, 400),
    ("GET", "/graphs?default&graph=http://e/g", None, {}, 400), ("GET", "/graphs", None, {"accept": "text/turtle"}, 406),
    ("GET", "/graphs/a/b", None, {}, 404), ("GET", "/sparql", None, {"accept": "image/png"}, 406),
    ("GET", "/sparql?query=ASK%7B", None, {}, 400), ("POST", "/.well-known/void", b"", {}, 405),
    ("GET", "/.well-known/void", None, {"accept": "image/png"}, 406),
])
def test_what_is_wrong_is_refused_by_its_right_number_in_one_line(client, method, path, body, headers, status):
    answer = client.ask(method, path, body, **headers)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8")
    assert answer.body.decode().strip() and "Traceback" not in answer.body.decode()
    assert ("allow" in answer.headers) == (status == 405)


def test_options_tells_what_may_be_done(client, scratch):
    assert client.ask("OPTIONS", "/sparql").headers["allow"] == "GET, HEAD, POST, OPTIONS"
    for path in ("/graphs", "/graphs/some", "/.well-known/void"):
        assert client.ask("OPTIONS", path).headers["allow"] == "GET, HEAD, OPTIONS"
    assert "PUT" in Client(scratch).ask("OPTIONS", "/graphs").headers["allow"]


def test_an_error_of_syntax_shows_its_place(client):
    answer = client.query("SELECT * {\n  ?s ?p }")
    assert answer.status == 400
    assert answer.body.decode().startswith("line 2, column 10: ") and answer.body.decode().endswith("^\n")


def test_a_body_too_large_is_refused_before_it_is_sent_or_while_it_is(site):
    head = f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: {QUERY}\r\n"
    assert say(site, f"{head}Content-Length: 130000000\r\nConnection: close\r\n\r\n".encode()).startswith(b"HTTP/1.1 413 ")
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    chunked = f"{head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode()
    assert say(site, chunked + chunk * 4 + b"0\r\n\r\n").startswith(b"HTTP/1.1 413 ")


def test_a_browser_without_a_query_is_led_to_the_page_for_one(client):
    answer = client.ask("GET", "/sparql", accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert (answer.status, answer.headers["location"]) == (303, "/query")


def test_the_data_set_describes_itself(client):
    answer = client.ask("GET", "/.well-known/void")
    said = answer.body.decode()
    assert answer.status == 200 and "Not medical advice" in said and "creativecommons.org/publicdomain/zero" in said
    assert said.count("void:classPartition") and said.count("void:entities") > 10


def test_the_questions_stand_in_the_graph_as_examples_that_run(client):
    said = client.query("SELECT ?text { ?q a sh:SPARQLExecutable ; rdfs:comment ?asked ; sh:select ?text } ORDER BY ?q")
    texts = [row["text"]["value"] for row in json.loads(said.body)["results"]["bindings"]]
    assert len(texts) > 20
    assert {client.query(text).status for text in texts} == {200}


@pytest.mark.parametrize("place", ["/graphs", "/graphs?default", "/thing/id:baclofen", "/ask/routes?drug=id:baclofen"])
def test_what_a_client_holds_is_not_sent_again(client, place):
    kinds = {"/graphs": ("application/trig", "application/n-quads"), "/graphs?default": ("text/turtle", "application/n-triples")}
    first, other = (client.ask("GET", place, accept=kind) for kind in kinds.get(place, ("application/json", "text/html")))
    tag = first.headers["etag"]
    assert re.fullmatch('(W/)?"[0-9a-f]{32}"', tag) and tag != other.headers["etag"], "each format is tagged by itself"
    for named in (tag, f'"another", W/{tag.removeprefix("W/")}', "*"):
        for method in ("GET", "HEAD"):
            again = client.ask(method, place, accept=first.headers["content-type"].partition(";")[0], if_none_match=named)
            assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
            assert again.headers["vary"] == "accept" and again.headers["cache-control"] == "no-cache"
    assert client.ask("GET", place, accept=other.headers["content-type"].partition(";")[0], if_none_match=tag).status == 200


def test_what_is_not_there_is_held_by_nobody(client):
    assert client.ask("GET", "/graphs?graph=https://example.org/none", if_none_match="*").status == 404
    assert client.ask("GET", "/thing/id:nobody", if_none_match="*").status == 404


def test_a_new_build_is_answered_from_without_a_restart(world, serving):
    site = Site(world)
    before = site.graph.store.engine
    site.settle()
    assert site.graph.store.engine is not before, "it has moved to memory"
    with serving(world) as address:
        client, question = Client(address), "ASK { ?thing rdfs:label 'Something new'@en }"
        assert b"false" in client.query(question).body
        things = world.root / "graph_data" / "about.ttl"
        written = things.read_text(encoding="utf-8")
        things.write_text(re.sub(r'rdfs:label "[^"]+"@en', 'rdfs:label "Something new"@en', written, count=1), encoding="utf-8")
        changed, same = "/graphs?default", "/thing/id:examplin.ttl"
        held = {place: client.ask("GET", place, accept="text/turtle").headers["etag"] for place in (changed, same)}
        build.build(world)
        assert b"true" in client.query(question).body
        newer = {place: client.ask("GET", place, accept="text/turtle", if_none_match=tag) for place, tag in held.items()}
        assert newer[changed].status == 200 and newer[changed].headers["etag"] != held[changed]
        assert newer[same].status == 304, "what a build leaves as it was is still held"
    assert site.graph.store.ask(question)


# Hostile queries


@pytest.mark.parametrize("query", [*REFUSED.values(), *REACHING_OUT, "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"])
def test_what_would_break_the_engine_or_reach_out_is_refused(client, query):
    answer = client.query(query)
    assert answer.status in (400, 413) or b'"bindings":[]' in answer.body
    assert client.query("ASK {}").status == 200


def costs(client: Client, query: str):
    return client.ask("POST", "/query/costs", query, content_type=QUERY)


@pytest.mark.parametrize("form", forms.FORMS)
def test_what_is_costly_in_a_query_is_told_with_what_to_write_instead(client, form):
    costly, good = forms.FORMS[form]
    told = costs(client, costly)
    assert told.status == 200, told.body
    found = {cost["form"]: cost for cost in json.loads(told.body)["costs"]}
    assert found[form]["better"] and found[form]["why"] and found[form]["found"]
    if not good.startswith("kgtool "):
        assert json.loads(costs(client, good).body) == {"costs": [], "unread": "", "wrong": ""}


def test_what_cannot_be_explained_says_so(client):
    wrong = costs(client, "SELECT * {\n ?s kgg:p ?o }")
    assert wrong.status == 200 and json.loads(wrong.body)["wrong"].startswith("line 2, column 5: the prefix kgg: is not declared")
    assert "triple terms" in json.loads(costs(client, "SELECT * { ?s ?p <<( ?a ?b ?c )>> }").body)["unread"]
    assert client.ask("POST", "/query/costs", "CLEAR ALL", content_type=UPDATE).status == 400
    assert client.ask("GET", "/query/costs").status == 400 and client.ask("DELETE", "/query/costs").status == 405


@pytest.mark.parametrize("query", [*list(REFUSED.values())[:6], *list(REACHING_OUT)[:3]], ids=lambda query: query[:20])
def test_what_is_not_run_is_not_explained_either(client, query):
    answer = costs(client, query)
    assert answer.status in (400, 413) or json.loads(answer.body)["wrong"]
    assert json.loads(costs(client, POINT).body)["costs"] == [], "the next one is"


def test_a_service_that_answers_nothing_is_never_asked(client):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0.3)
        where = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert client.query(f"SELECT * {{ SERVICE <{where}> {{ ?s ?p ?o }} }}").status == 400
        assert client.query(f"SELECT * FROM <{where}> {{ ?s ?p ?o }}").status == 200
        with pytest.raises(TimeoutError):
            silent.accept()


def test_runaways_are_stopped_and_nobody_else_notices(impatient):
    def ask(query: str) -> tuple[int, str]:
        answer = Client(impatient).query(query, "*/*")
        return answer.status, answer.body.decode()

    with ThreadPoolExecutor(8) as others:
        runaways = [others.submit(ask, query) for query in RUNAWAYS.values()]
        client = Client(impatient)
        quick = [client.query(POINT) for _ in range(300)]
        ended = dict(zip(RUNAWAYS, (asked.result() for asked in runaways), strict=True))
    assert {answer.status for answer in quick} == {200}, {answer.body for answer in quick if answer.status != 200}
    assert {status for status, _ in ended.values()} == {503}, ended
    assert all(text.count("\n") == 1 for _, text in ended.values())


@pytest.mark.parametrize("query", RUNAWAYS)
def test_a_runaway_alone_is_stopped_in_one_sentence(impatient, query):
    answer = Client(impatient).query(RUNAWAYS[query], "*/*")
    assert (answer.status, answer.body.count(b"\n")) == (503, 1)
    assert b"ask for less" in answer.body or b"make it smaller" in answer.body
    assert Client(impatient).query("ASK {}").status == 200


def test_a_client_that_goes_away_takes_its_query_along(founding, serving):
    with serving(founding.project, "--workers", "1") as address:
        for _ in range(8):  # more than may run for long at once
            gone = http.client.HTTPConnection(urlsplit(address).netloc)
            gone.request("GET", f"/sparql?query={quote(RUNAWAYS['a count over a cross product'])}")
            with pytest.raises(TimeoutError):
                gone.sock.settimeout(0.5)
                gone.getresponse()
            gone.close()
        assert Client(address).query(POINT).status == 200


def test_a_slow_reader_is_in_nobodys_way(site):
    with socket.create_connection((urlsplit(site).hostname, urlsplit(site).port)) as slow:
        slow.sendall(b"GET /graphs HTTP/1.1\r\nHost: localhost\r\nAccept: application/n-quads\r\n\r\n")
        assert [Client(site).query("ASK {}").status for _ in range(20)] == [200] * 20


# Uploads

UPLOADS = {
    "entities that laugh": ("application/rdf+xml", '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]>"
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"><rdf:Description '
        'rdf:about="http://e/s"><e:p>&j;</e:p></rdf:Description></rdf:RDF>'),
    "brackets without end": ("text/turtle", "<http://e/s> <http://e/p> " + "[ <http://e/p> " * 300_000),
    "triple terms without end": ("text/turtle", "<http://e/s> <http://e/p> " + "<<( <http://e/s> <http://e/p> " * 100_000),
    "a context elsewhere": ("application/ld+json", '{"@context": "http://127.0.0.1:9/context", "@id": "http://e/s"}'),
    "a context in a file": ("application/ld+json", '{"@context": "file:///etc/passwd", "@id": "http://e/s"}'),
    "lists in lists": ("application/ld+json", "[" * 300_000),
    "elements in elements": ("application/rdf+xml", '<r xmlns="http://e/">' + "<a>" * 100_000),
    "not Turtle": ("text/turtle", "this is not Turtle"),
    "not UTF-8": ("text/turtle", b"<http://e/s> <http://e/p> '\xff' ."),
    "UTF-16": ("text/turtle", "<http://e/s> <http://e/p> 'x' .".encode("utf-16")),
    "an IRI that is none": ("text/turtle", "<http://e/s> <http://e/a b> 'x' ."),
    "not what it says": ("multipart/form-data; boundary=x", "nothing of the sort"),
}


@pytest.mark.parametrize("name", [name for name in UPLOADS if name != "not what it says"])
def test_an_upload_that_cannot_be_read_is_refused_and_the_old_graph_stays(scratch, name):
    client = Client(scratch)
    assert client.put("http://e/kept", "<http://e/s> <http://e/p> 'old' .", "text/turtle").status in (201, 204)
    media_type, content = UPLOADS[name]
    answer = client.put("http://e/kept", content, media_type)
    assert answer.status in (400, 503) and answer.body.count(b"\n") <= 2, answer.body
    kept = client.ask("GET", f"/graphs?graph={quote('http://e/kept')}", accept="application/n-triples")
    assert kept.body == b'<http://e/s> <http://e/p> "old" .\n'
    assert b"being-uploaded" not in client.query("SELECT ?g { GRAPH ?g {} }").body


def test_elements_inside_one_another_are_refused_in_an_upload_as_in_a_file(scratch):
    client = Client(scratch)
    for many, status in ((499, 201), (500, 400)):
        deep = "<rdf:Description><e:p>" * many + "x" + "</e:p></rdf:Description>" * many
        written = f'<r:RDF xmlns:r="{RDF}" xmlns:rdf="{RDF}" xmlns:e="http://e/">{deep}</r:RDF>'
        answer = client.put("http://e/deep", written, "application/rdf+xml")
        told = b"more than 1,000 elements stand inside one another here" in answer.body
        assert (answer.status, told) == (status, status == 400)


def test_an_upload_that_does_not_say_what_it_is_is_rdf_xml(scratch):
    """https://www.w3.org/TR/sparql11-http-rdf-update/#graph-management"""
    client, place = Client(scratch), "/graphs?graph=http://e/untold"
    written = ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
               '<rdf:Description rdf:about="http://e/s"><e:p>told</e:p></rdf:Description></rdf:RDF>')
    assert client.ask("PUT", place, written).status == 201
    refused = client.ask("POST", place, "<http://e/s> <http://e/p> 'more' .")
    assert (refused.status, b"as application/rdf+xml" in refused.body, b"Content-Type" in refused.body) == (400, True, True)
    assert client.ask("GET", place, accept="application/n-triples").body == b'<http://e/s> <http://e/p> "told" .\n'


@pytest.mark.parametrize("given", ["graph=untold", "graph=", "grpah=http://e/untold", "graph=http://e/a&default", "default=x",
                                   "graph=http://e/a&graph=http://e/b"])
def test_a_graph_is_named_by_one_absolute_iri_or_is_the_default_one(scratch, given):
    for method in ("GET", "PUT", "DELETE"):
        answer = Client(scratch).ask(method, f"/graphs?{given}", b"" if method == "PUT" else None, content_type="text/turtle")
        assert answer.status == 400, answer.body


def test_an_upload_that_is_cut_changes_nothing(scratch):
    client = Client(scratch)
    client.put("http://e/cut", "<http://e/s> <http://e/p> 'old' .", "text/turtle")
    with socket.create_connection((urlsplit(scratch).hostname, urlsplit(scratch).port)) as cut:
        cut.sendall(b"PUT /graphs?graph=http://e/cut HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/turtle\r\n"
                    b"Content-Length: 1000\r\n\r\n<http://e/s> <http://e/p> 'new' .")
    assert b'"old"' in client.ask("GET", "/graphs?graph=http://e/cut").body


@pytest.mark.parametrize("update", ["LOAD <file:///etc/passwd>", "LOAD SILENT <http://127.0.0.1:9/> INTO GRAPH <http://e/g>",
                                    "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
                                    "CLEAR ALL; LOAD<http://127.0.0.1:9/>", "INSERT DATA { <a> <b> }"])
def test_an_update_that_reaches_out_or_is_none_changes_nothing(scratch, update):
    client = Client(scratch)
    client.update("INSERT DATA { <http://e/s> <http://e/p> 'kept' }")
    assert client.update(update).status == 400
    assert b"true" in client.query("ASK { <http://e/s> <http://e/p> 'kept' }").body


def test_an_update_without_end_is_stopped_and_undone(built_world, serving, tmp_path):
    with serving(built_world, "--writable", tmp_path / "scratch", "--timeout", "1") as address:
        client = Client(address)
        client.update("INSERT DATA { " + " ".join(f"<http://e/{n}> <http://e/p> {n} ." for n in range(100)) + " }")
        endless = "INSERT { ?a <http://e/q> ?x } WHERE { " + " ".join(f"?a{n} ?p{n} ?o{n} ." for n in range(6)) + " ?a ?b ?x }"
        answer = client.update(endless)
        assert (answer.status, b"took longer than 1 second" in answer.body) == (503, True)
        assert b'"100"' in client.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").body


def test_a_page_of_another_site_that_may_read_may_not_write(built_world, serving, tmp_path):
    other = "https://yasgui.example"
    with serving(built_world, "--writable", tmp_path / "scratch", "--allow-origin", other) as address:
        client = Client(address)
        read = client.ask("POST", "/sparql", "ASK {}", content_type=QUERY, origin=other, sec_fetch_site="cross-site")
        assert (read.status, read.headers["access-control-allow-origin"]) == (200, other)
        preflight = client.ask("OPTIONS", "/sparql", origin=other)
        assert preflight.headers["access-control-allow-methods"] == "GET, HEAD, POST, OPTIONS"
        assert client.ask("POST", "/sparql", "CLEAR ALL", content_type=UPDATE, origin=other).status == 403
        assert client.ask("PUT", "/graphs?default", "", content_type="text/turtle", origin=other).status == 403
        assert client.ask("POST", "/graphs", "", content_type="text/turtle", origin=other).status == 403
        assert client.ask("GET", "/sparql", origin="https://evil.example").status == 403
