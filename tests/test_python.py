"""From Python: the graph opens, answers, explains itself, and hands itself on to the libraries people know."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import networkx
import pandas
import pytest
import rdflib
from pyoxigraph import Literal, NamedNode

import kgtool
from kgtool import project
from kgtool.answer import Answer
from kgtool.errors import KgtoolError, QueryError, TextMissing, WrongUse
from kgtool.graph import Graph, libraries
from kgtool.graph.triples import Triples
from kgtool.terms import CLAIM, ID, KG, Prefixes

# rdflib's own parser uses what rdflib has declared old
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")


@pytest.fixture(scope="module")
def graph(built_world) -> Graph:
    return kgtool.open(built_world.root, cache=built_world.texts.parent)


def test_importing_kgtool_imports_nothing_else():
    code = "import sys, kgtool; print({'pyoxigraph', 'rdflib', 'networkx', 'pandas', 'click'} & set(sys.modules))"
    paths = {"PYTHONPATH": str(Path(kgtool.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | paths)
    assert done.stdout == "set()\n"


def test_the_nearest_project_is_opened_where_none_is_named(built_world, monkeypatch):
    monkeypatch.chdir(built_world.root / "graph_data")
    monkeypatch.setenv("KGTOOL_CACHE", str(built_world.texts.parent))
    opened = kgtool.open()
    assert opened.project.root == built_world.root.resolve()
    assert opened.project.texts == built_world.texts


def test_a_checkout_is_its_editable_installations_project_everywhere(tmp_path):
    found = project.find(start=tmp_path, cache=tmp_path / "cache")
    assert found.root == project.CHECKOUT and found.build == project.CHECKOUT / "build"


def test_a_folder_that_is_no_project_is_told(tmp_path):
    with pytest.raises(WrongUse, match="is not a kgtool project: no ontology/, graph_data/, queries/ in it"):
        kgtool.open(tmp_path)


@pytest.mark.parametrize("given", [{"project": ""}, {"project": " "}, {"cache": ""}, {"store": ""}], ids=str)
def test_an_empty_name_is_not_the_working_directory(given, built_world, monkeypatch):
    monkeypatch.chdir(built_world.root)
    with pytest.raises(WrongUse, match="an empty name"):
        kgtool.open(**given)


def test_a_prompt_shows_the_first_rows_of_an_answer_and_how_many_there_are():
    long = "a title \x1b[2J\n" + "that goes on " * 9
    answer = Answer(("n", "title"), tuple((n, long) for n in range(1234)), Prefixes({}))
    *table, counted = repr(answer).splitlines()
    assert counted == "[1,234 rows × 2 columns]"
    assert len(table) == 12 and table[-1].startswith("9  a title ") and table[-1].endswith("…")
    assert max(map(len, table)) == len("9  ") + 40 and "\x1b" not in repr(answer)
    assert repr(Answer(("a", "bb"), (), Prefixes({}))) == "a  bb\n─  ──\n[0 rows × 2 columns]"


def test_an_answer_iterates_counts_and_prints(graph):
    answer = graph.ask("routes", drug="Exa")
    assert len(answer) == 1
    (row,) = answer
    assert row["route"] == "NCIT:C38288" and row["form"] is None
    head, rule, line = str(answer).splitlines()
    assert head.startswith("drug") and set(rule) == {"─", " "}
    assert "examplin (id:examplin)" in line and "oral (NCIT:C38288)" in line


def test_an_empty_answer_prints_its_columns(graph):
    answer = graph.query("SELECT ?a ?bb { ?a kg:sign id:examplin ; kg:sign ?bb }")
    assert list(answer) == []
    assert str(answer) == "a  bb\n─  ──"


def test_a_notebook_shows_a_table_in_which_nothing_is_markup(graph):
    html = graph.query("SELECT ('<script>&' AS ?x) {}")._repr_html_()
    assert "<th>x</th>" in html and "<td>&lt;script&gt;&amp;</td>" in html
    assert "<h3>examplin <code>id:examplin</code></h3>" in graph.show("examplin")._repr_html_()
    said = graph.query("CONSTRUCT { <http://e/a> <http://e/p> '<b>' } {}")._repr_html_()
    assert said.startswith("<pre>") and "&lt;http://e/a&gt;" in said and "<b>" not in said
    assert "<pre>edge: examplin treats Spasticity\n│" in graph.why("examplin treats spasticity")._repr_html_()


def test_a_notebook_shows_a_picture_itself(graph):
    for picture in (graph.draw("examplin"), graph.around("examplin"),
                    graph.draw("CONSTRUCT { id:examplin kg:usedFor '<b>' ; a kg:Drug } {}")):
        drawn = picture._repr_svg_()
        assert drawn.startswith("<svg ") and "examplin" in drawn and "<b>" not in drawn


def test_any_and_none_ask_for_all_and_silence_for_the_example_of_the_file(graph):
    assert len(graph.ask("routes", drug="any")) == len(graph.ask("routes", drug=None)) == 1
    assert len(graph.ask("routes")) == 0


def test_numbers_are_numbers(graph):
    rows = list(graph.ask("claims-of", source="page"))
    assert [row["start"] for row in rows] == sorted(row["start"] for row in rows)
    assert type(rows[0]["start"]) is int
    (mean,) = graph.query("SELECT (AVG(?n) AS ?mean) { VALUES ?n { 1 2 } }")
    assert mean == {"mean": 1.5}


@pytest.mark.parametrize(("ask", "message"), [
    (lambda graph: graph.ask("rotes"), "there is no question rotes; did you mean routes?"),
    (lambda graph: graph.ask("routes", drgu="examplin"), "has no parameter drgu; did you mean drug?"),
    (lambda graph: graph.ask("routes", foo=1), "the question routes has no parameter foo; it takes drug, policy, source"),
    (lambda graph: graph.ask("routes", drug="nobody"), "nothing here is called 'nobody'"),
    (lambda graph: graph.show("MS"), "means 2 things"),
    (lambda graph: graph.search(" "), "give at least one word to search for"),
    (lambda graph: graph.export(".docx"), "no export format ends in .docx"),
    (lambda graph: graph.to_networkx("nobody's"), "nothing here is called"),
], ids=["a question", "a parameter", "a parameter like none", "a name", "two things", "no words", "a format", "a policy"])
def test_what_is_not_there_is_an_error_that_says_what_is(graph, ask, message):
    with pytest.raises(WrongUse, match=message):
        ask(graph)


@pytest.mark.parametrize(("ask", "message"), [
    (lambda graph: graph.show(None), "a name is text, not None"),
    (lambda graph: graph.ask(None), "a question is text, not None"),
    (lambda graph: graph.query(5), "a query is text, not 5"),
    (lambda graph: graph.draw(5), "what is drawn is text, not 5"),
    (lambda graph: graph.export(None), "a suffix is text, not None"),
    (lambda graph: graph.why(None), "nothing here is called 'None'"),
    (lambda graph: graph.search("examplin", "x"), "the number of hits is 1 or more, not 'x'"),
    (lambda graph: graph.search(None), "what is searched for is text, not None"),
    (lambda graph: graph.neighbourhood("examplin", steps="x"), "the number of steps is 1 to 20, not 'x'"),
    (lambda graph: graph.neighbourhood("examplin", steps=1.5), "the number of steps is 1 to 20, not 1.5"),
    (lambda graph: graph.paths("examplin", "nausea", most=-1), "the number of paths is 1 to 1000, not -1"),
    (lambda graph: graph.paths("examplin", "nausea", steps=None), "the number of steps is 1 to 20, not None"),
    (lambda graph: graph.centrality(limit=0), "the number of things is 1 or more, not 0"),
    (lambda graph: graph.centrality(None), "a measure is text, not None"),
])
def test_what_is_no_text_or_no_number_is_told(graph, ask, message):
    with pytest.raises(WrongUse, match=message):
        ask(graph)


def test_one_name_may_stand_for_a_list_of_one(graph):
    assert list(graph.neighbourhood("examplin", via="treats")) == list(graph.neighbourhood("examplin", via=["treats"])) != []
    assert list(graph.neighbourhood("examplin", without=None)) == list(graph.neighbourhood("examplin"))
    assert graph.matrix(drugs="examplin") == graph.matrix(drugs=["examplin"])


def test_queries_answer_by_their_form(graph):
    assert isinstance(graph.query("SELECT * { ?s a kg:Drug }"), Answer)
    assert graph.query("ASK { id:examplin a kg:Drug }") is True
    assert graph.query("# a comment\nPREFIX x: <http://x/> ASK { id:examplin a kg:Sign }") is False
    made = graph.query("CONSTRUCT WHERE { ?s a kg:Drug }")
    assert isinstance(made, Triples) and len(made) == 1
    assert "id:examplin a kg:Drug ." in str(made)
    assert [triple.subject for triple in made] == [NamedNode(ID + "examplin")]


def test_a_query_that_cannot_be_run_is_one_error(graph):
    with pytest.raises(QueryError, match="this is an update, and the store is read-only"):
        graph.query("CLEAR ALL")
    with pytest.raises(QueryError, match="line 1, column"):
        graph.query("SELECT")
    with pytest.raises(KgtoolError):
        graph.query("SELECT ('\udcff' AS ?x) {}")


def test_a_card_tells_a_thing_by_sections(graph):
    card = graph.show("id:examplin")
    assert (card.curie, card.label, card.kinds) == ("id:examplin", "examplin", ("drug",))
    assert card.synonyms == ("Exa", "exampline hydrochloride")
    sections = dict(card.sections)
    assert len(sections["Claims with it as subject"]) == 7
    assert {row["identifier"] for row in sections["Identifiers elsewhere"]} == {"DRUGBANK:DB99999", "ATC:Z99"}


def test_a_reason_is_a_tree_down_to_sources(graph):
    reason = graph.why("examplin", "treats", "spasticity")
    steps = []
    while reason:
        steps.append(reason.kind)
        reason = reason.because[0] if reason.because else None
    assert steps == ["edge", "proposition", "claim", "source"]


def test_an_edge_is_explained_by_its_name_too(graph):
    (edge,) = {row["e"] for row in graph.query(
        "SELECT ?e { ?e a kg:Edge ; rdf:object HP:0001257 ; rdf:predicate kg:treats ; kg:policy id:policy-default }")}
    assert str(graph.why(edge)) == str(graph.why("examplin", "treats", "spasticity"))


def test_a_proposition_is_explained_by_its_name(graph):
    ((proposition,),) = graph.query("SELECT ?p { claim:page-v1-mouth kg:states ?p }").rows
    reason = graph.why(proposition.value)
    assert (reason.kind, reason.because[0].iri) == ("proposition", "https://w3id.org/kgtool/claim/page-v1-mouth")


def test_words_are_searched_in_any_order_and_whole_names_come_first(graph):
    found = [(row["thing"], row["role"]) for row in graph.search("spasticity")]
    assert found[0] == ("HP:0001257", "label")
    turned = [(row["thing"], row["role"]) for row in graph.search("sclerosis spasticity")]
    assert ("id:spasticity-in-ms", "label") in turned


def test_a_text_is_asked_for_where_it_is_needed(graph):
    with pytest.raises(TextMissing, match="is not at hand; `kgtool sources add FILE` brings it"):
        graph.cite("page-v1", "can be")


def test_rdflib_gets_every_quad_and_the_prefixes(graph):
    dataset = graph.to_rdflib()
    assert isinstance(dataset, rdflib.Dataset)
    assert sum(1 for _ in dataset.quads()) == sum(1 for _ in graph.store.quads())
    (route,) = dataset.query("SELECT ?r { id:examplin kg:administeredBy ?r }")
    assert dataset.namespace_manager.curie(route.r) == "NCIT:C38288"


def test_networkx_gets_the_plain_edges_of_a_policy(graph):
    made = graph.to_networkx()
    assert isinstance(made, networkx.MultiDiGraph)
    edge = made.edges["id:examplin", "HP:0001257", "kg:treats"]
    assert edge == {"label": "treats", "claims": "claim:page-v1-approved"}
    assert made.nodes["HP:0001257"]["label"] == "Spasticity"
    assert not made.has_edge("id:examplin", "id:receptor")
    assert graph.to_networkx("everything-said").has_edge("id:examplin", "id:receptor")
    assert graph.to_networkx("regulators-only").number_of_edges() == 0


def test_networkx_gets_a_node_for_each_value(graph):
    rows = ((NamedNode(ID + study), NamedNode(KG + "enrolment"), Literal("106"), NamedNode(f"{CLAIM}{study}-f1"))
            for study in ("one", "two"))
    columns = ("subject", "relation", "object", "claim")
    made = libraries.networkx_graph(Answer(columns, tuple(rows), graph.store.prefixes), "edges")
    assert [label for node, label in made.nodes(data="label") if node.startswith("value-")] == ["106", "106"]
    assert networkx.number_weakly_connected_components(made) == 2


def test_pandas_gets_the_rows_with_their_types(graph):
    frame = graph.ask("claims-of", source="page").to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame["start"]) == [0, 22, 49, 131, 171, 204, 251]
    assert frame["start"].dtype.kind == "i"
    assert list(graph.ask("originator").to_pandas().columns)[:2] == ["drug", "originator"]


def test_who_lacks_pandas_is_told_what_installs_it(graph, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)  # as if it were not there
    with pytest.raises(WrongUse, match=r"pandas is not installed; pip install 'kgtool\[pandas\]'"):
        graph.ask("originator").to_pandas()


def test_counts_and_exports_come_from_the_same_graph(graph):
    counts = {(row["what"], row["kind"]): row["count"] for row in graph.stats()}
    assert counts["things", "kg:Claim"] == 6
    exported = rdflib.Graph().parse(data=graph.export(".ttl"), format="turtle")
    assert len(set(exported.subjects(rdflib.RDF.type, rdflib.URIRef(KG + "Claim")))) == 6


def test_a_label_beside_a_thing_is_a_column_of_its_own():
    prefixes = Prefixes({"id": ID})
    thing = NamedNode(ID + "a")
    answer = Answer(("x", "y"), ((thing, None), (None, None)), prefixes, {ID + "a": "A"}).labelled()
    assert answer.columns == ("x", "x_label", "y")
    assert list(answer) == [{"x": "id:a", "x_label": "A", "y": None}, {"x": None, "x_label": None, "y": None}]
