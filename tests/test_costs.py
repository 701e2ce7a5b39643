"""What is costly in a query is named, and the form that is advised instead gives the same answer."""

from __future__ import annotations

import json

import pytest

from kgtool import catalogue, errors, index
from kgtool.analysis import costs
from kgtool.graph import Graph
from kgtool.project import Project
from tests.bench import derive, forms, worlds


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Graph:
    """A small world of the benchmarks, merged and with its index of names."""
    made = worlds.filled(6_000)
    for _ in derive.derived(made):
        pass
    project = Project(worlds.ROOT, tmp_path_factory.mktemp("costs"), worlds.ROOT / "build" / "texts")
    return Graph(project, made)


@pytest.fixture(scope="module")
def prefixes():
    return worlds.prefixes()


@pytest.mark.parametrize("form", forms.FORMS)
def test_a_costly_form_is_named_and_the_good_one_is_not(form: str, prefixes):
    costly, good = forms.FORMS[form]
    assert form in {cost.form for cost in costs.costs(costly, prefixes)}
    if not good.startswith("kgtool "):
        assert costs.costs(good, prefixes) == []


@pytest.mark.parametrize("form", sorted(set(forms.FORMS) - {"order-of-all", "text-filter"}))
def test_the_good_form_gives_the_same_answer(form: str, world: Graph):
    costly, good = (forms.rows(world, query) for query in forms.FORMS[form])
    assert sorted(map(str, costly)) == sorted(map(str, good))
    assert costly


def test_the_rows_about_one_thing_are_those_of_all_in_the_same_order(world: Graph):
    whole, of_one = (forms.rows(world, query) for query in forms.FORMS["order-of-all"])
    assert [row for row in whole if row in set(of_one)] == of_one and of_one


def test_the_search_finds_what_the_text_filter_finds(world: Graph):
    costly, _ = forms.FORMS["text-filter"]
    names = catalogue.read(worlds.ROOT / "queries" / "view" / "names.rq", worlds.ROOT)
    found = index.search(index.in_memory(index.names(world.store.select(names.text))), "drug 1 oral", 1000)
    assert {row[0].value for row in forms.rows(world, costly)} == {hit.iri for hit in found}


@pytest.mark.parametrize("name", ["routes", "claims-about", "gaps", "disputes", "studies", "hedge-trail", "originator"])
def test_shipped_questions_have_no_costly_form(name: str, founding):
    assert [cost.form for cost in costs.costs(founding.questions[name].text, founding.store.prefixes)] == []


def test_each_cost_is_found_once_and_shows_the_query_s_own_words(prefixes):
    (cost,) = costs.costs("SELECT * { { ?s ?p ?o } UNION { ?s ?p ?o } }", prefixes)
    assert (cost.form, cost.found) == ("any-triple", "?s ?p ?o")


@pytest.mark.parametrize("query", ["ASK { id:baclofen a kg:Drug }", "DESCRIBE id:baclofen", "SELECT * { }"])
def test_a_query_of_any_kind_without_costly_forms_has_none(query: str, founding):
    assert founding.explain(query).rows == ()


def test_a_mistyped_query_is_explained_as_when_it_is_run(founding):
    with pytest.raises(errors.QueryError, match="line 1, column"):
        founding.explain("SELECT ?x { ?x kg:treats }")


def test_a_query_beyond_sparql_1_1_is_no_traceback(founding):
    with pytest.raises(errors.QueryError, match=r"only queries of SPARQL 1\.1"):
        founding.explain("SELECT * { << id:baclofen kg:treats ?b >> kg:saidIn ?c }")


@pytest.mark.parametrize("query", [
    "SELECT * { ?a kg:x ?b LATERAL { OPTIONAL { ?b kg:y ?c ; kg:z ?d } } }",
    "SELECT * { ?a kg:x ?b lateral { { ?b kg:y ?c ; kg:z ?d } UNION { ?b ?p ?o } } }",
    "SELECT * { ?a kg:x ?lateral . ?a kg:name 'LATERAL { ?s ?p ?o }' LATERAL { SELECT ?b { ?a kg:y ?b } LIMIT 1 } }",
])
def test_what_is_looked_up_for_each_row_is_not_costly(query: str, prefixes):
    assert costs.costs(query, prefixes) == []


@pytest.mark.parametrize("query", [
    "SELECT * { ?drug a kg:Drug . GRAPH ?graph { ?b kg:y ?c } ?policy kg:edgeGraph ?graph ; kg:of ?drug }",
    "SELECT * { ?drug kg:x ?y . BIND(IRI(?y) AS ?z) ?z kg:name ?name }",
    "SELECT * { ?drug kg:x ?y LATERAL { ?y kg:y ?z } ?z kg:name ?name }",
    "SELECT * { ?drug kg:x ?y { SELECT ?y ?z { ?y kg:y ?z } } ?z kg:name ?name }",
    "SELECT * { id:baclofen kg:x ?a . id:ms kg:x ?b . ?c kg:y ?d }",
    "SELECT * { VALUES ?a { id:baclofen } ?a kg:x ?b . ?c kg:y ?d }",
])
def test_what_hangs_together_or_is_said_of_one_thing_is_no_cross_product(query: str, prefixes):
    assert costs.costs(query, prefixes) == []


@pytest.mark.parametrize("query", [
    "SELECT * { ?thing a ?kind . ?kind rdfs:subClassOf* kg:Drug }",
    "SELECT * { ?thing a/rdfs:subClassOf* kg:Drug ; rdfs:label ?name }",
    "SELECT * { ?kind rdfs:subClassOf* kg:Drug ; rdfs:label ?name }",
    "SELECT * { kg:Drug rdfs:subClassOf* ?kind . ?thing a ?kind ; rdfs:label ?name }",
    "SELECT * { ?claim rdf:subject id:baclofen ; rdf:object ?thing . ?thing a ?kind . ?kind rdfs:subClassOf* kg:Drug }",
    "SELECT * { VALUES ?thing { id:baclofen } ?thing a ?kind ; rdfs:label ?name . ?kind rdfs:subClassOf* kg:Drug }",
    "SELECT * { ?claim rdf:predicate ?relation ; rdf:object ?value . FILTER(?relation IN (kg:treats, kg:hasSideEffect)) }",
    "SELECT * { ?claim rdf:subject ?drug . FILTER(?drug IN (id:baclofen, ?other)) }",
    "SELECT * { ?claim rdf:subject ?drug . FILTER(?drug NOT IN (id:baclofen)) }",
    "SELECT * { ?claim rdf:subject ?drug ; kg:stance ?stance . FILTER(!BOUND(?stance) || ?drug IN (id:baclofen)) }",
    "SELECT * { ?claim rdf:subject id:baclofen ; rdf:object ?value . FILTER(?value IN (id:sma, id:ms)) }",
    "SELECT * { ?claim rdf:subject id:baclofen ; rdf:object ?value . FILTER(?value = id:sma) }",
    "SELECT * { ?claim rdf:predicate ?relation ; rdf:object ?value . FILTER(?relation = kg:treats) }",
    "SELECT * { ?claim rdf:subject ?drug . FILTER(?drug != id:baclofen || ?drug = id:sma) }",
    "SELECT * { ?claim rdf:subject ?drug ; kg:dose ?dose . FILTER(?dose = 1) }",
])
def test_paths_and_lists_that_cost_nothing_are_not_named(query: str, prefixes):
    assert costs.costs(query, prefixes) == []


def test_a_list_beside_another_condition_is_named(prefixes):
    query = "SELECT * { ?thing rdfs:label ?name . FILTER(LANG(?name) = 'en' && ?thing IN (id:baclofen, id:sma)) }"
    (cost,) = costs.costs(query, prefixes)
    assert (cost.form, cost.found) == ("one-of", "FILTER(?thing IN (id:baclofen, id:sma))")
    assert "VALUES ?thing { id:baclofen id:sma }" in cost.better


@pytest.mark.parametrize("test", ["?drug = id:baclofen", "id:baclofen = ?drug"])
def test_a_thing_that_a_filter_names_is_named(test: str, prefixes):
    (cost,) = costs.costs(f"SELECT * {{ ?claim rdf:subject ?drug ; rdf:object ?use . FILTER({test}) }}", prefixes)
    assert (cost.form, cost.found) == ("one-thing", "FILTER(?drug = id:baclofen)")
    assert "VALUES ?drug { id:baclofen }" in cost.better


def test_what_others_are_asked_is_explained_as_well(prefixes):
    other = "SERVICE SILENT <https://example.org/sparql> { BIND(1 AS ?one) ?a kg:name ?name }"
    assert costs.costs(f"SELECT * {{ ?a kg:x ?y OPTIONAL {{ {other} }} }}", prefixes) == []


def test_the_command_names_costs_and_says_by_its_exit_code_that_there_are_some(run_founding):
    done = run_founding("query", "--explain", forms.FORMS["cross-product"][0], "-f", "jsonl")
    assert done.returncode == 1
    assert [json.loads(line)["form"] for line in done.stdout.splitlines()] == ["cross-product"]
    cheap = run_founding("query", "--explain", "SELECT * { id:baclofen ?p ?o }")
    assert (cheap.returncode, cheap.stdout, cheap.stderr) == (0, "", "nothing in it is costly\n")
