"""What the SHACL compiler promises beyond the W3C's tests: literals, rules inside shapes, limits, errors."""

from __future__ import annotations

from collections import Counter

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, parse

from kgtool.shacl import (
    ShapesError,
    Unsupported,
    as_written,
    faults,
    focus_counts,
    judge,
    load,
    report,
    restored,
    stored,
    validate,
)
from kgtool.shacl.tokens import tokens

HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix e: <http://example.org/> .
e: sh:declare [ sh:prefix "e" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""


def quads(text: str) -> list[Quad]:
    return list(parse(HEAD + text, format=RdfFormat.TURTLE))


def found(data: str, shapes: str) -> list[tuple[str, str, str]]:
    """Each result as focus node, component and value, in short."""
    return [short(result) for result in validate(load(quads(data)), quads(shapes))]


def short(result) -> tuple[str, str, str]:
    component = result.component.split("#")[-1].split("/")[-1].removesuffix("ConstraintComponent")
    value = "" if result.value is None else result.value.value
    return result.focus.value.removeprefix("http://example.org/"), component, value.removeprefix("http://example.org/")


def test_literals_are_judged_and_shown_as_written():
    data = 'e:a e:p "01"^^xsd:integer , 1 , "5"^^xsd:int , "300"^^xsd:byte , "x"^^xsd:integer .'
    shape = "e:S sh:targetNode e:a ; sh:property [ sh:path e:p ; {} ] ."
    assert [value for _, _, value in found(data, shape.format("sh:datatype xsd:integer"))] == ["300", "5", "x"]
    assert [value for _, _, value in found(data, shape.format("sh:in ( 1 )"))] == ["01", "300", "5", "x"]
    assert [value for _, _, value in found(data, shape.format('sh:pattern "^0"'))] == ["1", "300", "5", "x"]
    assert [value for _, _, value in found(data, shape.format("sh:maxInclusive 4"))] == ["300", "5", "x"]
    assert found(data, shape.format("sh:maxCount 5")) == []


def test_rules_see_values_and_results_show_what_was_written():
    data = 'e:a e:p "007"^^xsd:integer , 3 . e:b e:p "1.50"^^xsd:decimal .'
    shape = """e:S sh:targetSubjectsOf e:p ; sh:sparql [ sh:prefixes e: ; sh:select
        "SELECT $this ?value WHERE { $this e:p ?value . FILTER (?value = 7 || ?value = 1.5) }" ] ."""
    assert found(data, shape) == [("a", "SPARQL", "007"), ("b", "SPARQL", "1.50")]


@pytest.mark.parametrize("rule", [
    'sh:property [ sh:path e:q ; sh:sparql [ sh:select "SELECT $this ?value { $this $PATH ?value FILTER (?value > 1) }" ] ]',
    'sh:sparql [ sh:prefixes e: ; sh:select "SELECT $this ?path ?value { $this ?path ?value FILTER (?path = e:q) }" ]',
    'sh:property [ sh:path ( e:to e:q ) ; sh:sparql [ sh:select "SELECT $this ?value { $this $PATH ?value }" ] ]',
])
def test_what_a_rule_finds_at_the_end_of_a_path_is_shown_as_it_is_written_there(rule: str):
    for written, shown in (("1.5", "1.5"), ('"1.5"^^xsd:decimal', "1.5"), ('"1.500"^^xsd:decimal', "1.500")):
        data = f'e:a e:p "1.50"^^xsd:decimal ; e:q {written} ; e:r "01.5"^^xsd:decimal ; e:to e:a .'
        assert found(data, f"e:S sh:targetNode e:a ; {rule} .") == [("a", "SPARQL", shown)]


def test_a_literal_focus_node_keeps_its_form_in_a_rule():
    shape = """e:S sh:targetObjectsOf e:p ; sh:sparql [ sh:select "SELECT $this WHERE { FILTER ($this > 5) }" ] ."""
    data = 'e:a e:p "07"^^xsd:integer , "007"^^xsd:integer , 7 , 2 .'
    assert [focus for focus, _, _ in found(data, shape)] == ["007", "07", "7"]


@pytest.mark.parametrize("where", ["sh:node e:Inner", "sh:not [ sh:not e:Inner ]", "sh:and ( e:Inner )"])
@pytest.mark.parametrize("literal", ["1", '"01"^^xsd:integer'])
def test_a_rule_inside_another_shape_judges_node_by_node(where: str, literal: str):
    shapes = """e:S sh:targetClass e:C ; sh:property [ sh:path e:p ; WHERE ] .
        e:Inner a sh:NodeShape ; sh:sparql [ sh:prefixes e: ;
            sh:select "SELECT $this WHERE { FILTER NOT EXISTS { $this e:q ?x . ?x e:q ?y } }" ] ."""
    data = f"e:a a e:C ; e:p e:b , e:c . e:b e:q e:d . e:d e:q {literal} ."
    assert [value for _, _, value in found(data, shapes.replace("WHERE ]", where + " ]"))] == ["c"]


def test_blank_nodes_can_be_focus_nodes_of_a_rule_that_runs_one_by_one():
    shapes = """e:S sh:targetClass e:C ; sh:sparql [ sh:prefixes e: ; sh:message "has {?value}" ;
        sh:select "SELECT $this ?value WHERE { $this e:p ?value } ORDER BY ?value LIMIT 1" ] ."""
    results = validate(load(quads("[] a e:C ; e:p 1 , 2 . [] a e:C ; e:p 3 .")), quads(shapes))
    assert sorted(result.messages[0].value for result in results) == ["has 1", "has 3"]


def test_blank_nodes_of_the_shapes_are_themselves():
    both = quads("e:S sh:targetNode e:a ; sh:property [ sh:path e:p ; sh:hasValue _:x , _:y ] . e:a e:p _:x .")
    assert [short(result)[1] for result in validate(load(both), both)] == ["HasValue"]


def test_a_long_list_is_judged_like_a_short_one():
    data = 'e:a e:p e:v7 , e:w , "01"^^xsd:integer , "1"^^xsd:int .'
    many = " ".join(f"e:v{number}" for number in range(500))
    shape = f'e:S sh:targetNode e:a ; sh:property [ sh:path e:p ; sh:in ( {many} "01"^^xsd:integer ) ] .'
    assert [value for _, _, value in found(data, shape)] == ["1", "w"]


def test_a_class_with_many_subclasses_finds_them_all():
    data = " ".join(f"e:C{n + 1} rdfs:subClassOf e:C{n} . e:i{n} a e:C{n} ." for n in range(60))
    assert len(found(data, "e:S sh:targetClass e:C1 ; sh:class e:C30 .")) == 29


def test_all_graphs_of_a_store_count_as_one_and_a_triple_in_two_counts_once():
    store = Store()
    for name in ("one", "two"):
        for quad in quads("e:a a e:C ; e:p 1 ."):
            store.add(Quad(quad.subject, quad.predicate, quad.object, NamedNode("http://example.org/" + name)))
    shapes = quads("e:S sh:targetClass e:C ; sh:property [ sh:path e:p ; sh:maxCount 1 ; sh:datatype xsd:string ] .")
    assert [short(result)[1] for result in validate(store, shapes)] == ["Datatype"]


def test_a_store_whose_integers_lost_their_kind_is_judged_by_range():
    store = Store()
    store.bulk_extend(quads('e:a e:p "5"^^xsd:byte . e:b e:p "500"^^xsd:integer .'))
    shapes = quads("e:S sh:targetSubjectsOf e:p ; sh:property [ sh:path e:p ; sh:datatype xsd:byte ] .")
    assert [short(result)[0] for result in validate(store, shapes)] == ["b"]


def test_values_without_an_order_violate_every_comparison():
    data = 'e:a e:p e:b , "a"@en , "x"^^e:odd , "no"^^xsd:integer , 1 ; e:q 2 .'
    shape = "e:S sh:targetNode e:a ; sh:property [ sh:path e:p ; {} ] ."
    for constraint in ("sh:minInclusive 1", "sh:lessThan e:q", "sh:lessThanOrEquals e:q"):
        assert len(found(data, shape.format(constraint))) == 4
    assert len(found(data, shape.format('sh:maxInclusive "x"^^e:odd'))) == 5


def test_a_zero_length_path_leads_to_a_node_the_data_does_not_mention():
    path = "sh:path [ sh:zeroOrMorePath e:p ]"
    shape = f"e:S sh:targetNode e:nowhere ; sh:property [ {path} ; sh:minCount 2 ; sh:class e:C ] ."
    assert found("", shape) == [("nowhere", "Class", "nowhere"), ("nowhere", "MinCount", "")]


def test_a_shape_that_refers_to_itself_is_named_and_the_others_are_judged():
    shapes = quads("""e:S a sh:NodeShape ; sh:targetNode e:a ; sh:property [ sh:path e:p ; sh:node e:S ] .
        e:T sh:targetNode e:a ; sh:class e:C .""")
    outcome = judge(load([]), shapes)
    assert [node.value for node, why in outcome.unsupported if "itself" in why] == ["http://example.org/S"]
    assert [short(result)[1] for result in outcome.results] == ["Class"]
    with pytest.raises(Unsupported, match="refers to itself"):
        validate(load([]), shapes)


@pytest.mark.parametrize("feature", ["sh:rule [ ]", "sh:js [ ]", 'sh:pattern "(?=a)"'])
def test_what_no_select_can_say_is_left_to_another_engine(feature: str):
    outcome = judge(load([]), quads(f"e:S a sh:NodeShape ; sh:targetNode e:a ; {feature} ."))
    assert [node.value for node, _ in outcome.unsupported] == ["http://example.org/S"]


def test_a_rule_about_its_own_unnamed_shape_is_left_to_another_engine():
    rule = 'sh:sparql [ sh:select "SELECT $this WHERE { GRAPH $shapesGraph { $currentShape ?p $this } }" ]'
    outcome = judge(load([]), quads(f"[] a sh:NodeShape ; sh:targetNode e:a ; {rule} ."))
    assert "blank node" in outcome.unsupported[0][1]


def test_a_rule_grouped_by_its_focus_node_counts_for_each():
    rule = """sh:sparql [ sh:prefixes e: ; sh:message "{?n}" ; sh:select
        "SELECT $this (COUNT(?x) AS ?n) WHERE { $this e:p ?x } GROUP BY $this HAVING (COUNT(?x) > 1)" ]"""
    results = validate(load(quads("e:a e:p 1 , 2 . e:b e:p 1 .")), quads(f"e:S sh:targetSubjectsOf e:p ; {rule} ."))
    assert [(result.focus.value[-1], result.messages[0].value) for result in results] == [("a", "2")]


def test_parameters_are_constants_wherever_a_query_uses_them():
    shapes = """e:Near a sh:ConstraintComponent ; sh:parameter [ sh:path e:near ] ;
        sh:nodeValidator [ sh:message "{?near} {?more} {?value}" ; sh:prefixes e: ; sh:select \"\"\"
            SELECT DISTINCT $this $near ((1 + $near) AS ?more) ?value
            WHERE { $this e:p ?value . FILTER (bound($near) && ?value > $near) }\"\"\" ] .
        e:S a sh:NodeShape ; sh:targetNode e:a ; e:near 4 , 7 ."""
    results = validate(load(quads("e:a e:p 3 , 5 .")), quads(shapes))
    assert [result.messages[0].value for result in results] == ["4 5 5"]


def test_shapes_nested_without_end_do_not_reach_the_engine():
    chain = " ".join(f"e:S{n} a sh:NodeShape ; sh:node e:S{n + 1} ." for n in range(400))
    outcome = judge(load([]), quads(chain + " e:S400 a sh:NodeShape . e:S0 sh:targetNode e:a ."))
    assert "deep" in outcome.unsupported[0][1]


def test_a_wide_tree_of_shapes_is_not_written_out():
    tree = " ".join(f"e:S{n} a sh:NodeShape ; sh:and ( e:S{n + 1} e:S{n + 1} e:S{n + 1} ) ." for n in range(18))
    outcome = judge(load([]), quads(tree + " e:S18 a sh:NodeShape . e:S0 sh:targetNode e:a ."))
    assert "more than" in outcome.unsupported[0][1]


@pytest.mark.parametrize(("shape", "said"), [
    ("sh:property [ sh:minCount 1 ]", "no sh:path"),
    ("sh:minCount 1", "needs a property shape"),
    ("sh:datatype xsd:string , xsd:integer", "2 values"),
    ('sh:property [ sh:path e:p ; sh:minCount "many" ]', "needs an integer"),
    ("sh:in e:list", "a list was expected"),
    ("sh:nodeKind sh:Thing", "a node kind of SHACL"),
    ("sh:property [ sh:path ( e:p ) ]", "at least two members"),
    ("sh:sparql [ sh:select 'SELECT $this WHERE { $this ?p' ]", "cannot be read"),
    ("sh:sparql [ sh:select 'ASK { $this ?p ?o }' ]", "must be a SELECT"),
    ("sh:sparql [ sh:select 'SELECT ?x WHERE { ?x ?p ?o }' ]", "must return $this"),
    ("sh:sparql [ sh:select 'SELECT $this WHERE { $this e:p ?o }' ]", "cannot be read"),
    ("e:leads 5", "with its parameters in place"),
])  # fmt: skip
def test_an_ill_formed_shape_says_what_is_wrong(shape: str, said: str):
    component = """ e:Leads a sh:ConstraintComponent ; sh:parameter [ sh:path e:leads ] ;
        sh:validator [ sh:ask "ASK { $value $leads ?x }" ] ."""
    with pytest.raises(ShapesError) as error:
        judge(load([]), quads(f"e:S a sh:NodeShape ; sh:targetNode e:a ; {shape} . {component}"))
    assert said in str(error.value)


def test_every_ill_formed_shape_is_named_at_once():
    with pytest.raises(ShapesError) as error:
        judge(load([]), quads("e:S sh:targetNode e:a ; sh:minCount 1 . e:T sh:targetNode e:a ; sh:maxCount 1 ."))
    assert len(error.value.problems) == 2


def test_brackets_without_end_are_refused_before_anything_parses_them():
    query = "SELECT $this WHERE { " + "{" * 5000 + " $this ?p ?o " + "}" * 5000 + " }"
    with pytest.raises(ShapesError, match="brackets"):
        judge(load([]), quads(f"e:S sh:targetNode e:a ; sh:sparql [ sh:select '{query}' ] ."))


def test_nothing_is_found_in_nothing():
    assert validate(load([]), []) == ()
    assert validate(Store(), quads("e:S sh:targetClass e:C ; sh:class e:D .")) == ()


def test_focus_counts_show_a_shape_that_looks_at_nothing():
    shapes = quads("e:S sh:targetClass e:C . e:T sh:targetClass e:D ; sh:targetObjectsOf e:p .")
    counts = focus_counts(load(quads("e:a a e:D ; e:p 1 , 2 .")), shapes)
    assert {node.value[-1]: count for node, count in counts.items()} == {"S": 0, "T": 3}


@pytest.mark.parametrize("target", [
    "sh:targetClass e:C", "sh:targetSubjectsOf e:p", "sh:targetObjectsOf e:q", "sh:targetNode e:n1 , e:n2 , e:n3",
    "sh:targetClass e:C ; sh:targetObjectsOf e:q", "sh:targetClass e:D",
])  # fmt: skip
def test_judging_some_nodes_finds_what_judging_all_finds_about_them(target: str):
    data = load(quads("""e:n1 a e:C ; e:p 1 ; e:q e:n2 . e:n2 a e:D ; e:p 2 , "x" ; e:q _:b .
        e:n3 a e:C ; e:p "03"^^xsd:byte .
        _:b a e:C ; e:p "y" ; e:q 5 , "07"^^xsd:int . e:D rdfs:subClassOf e:C ."""))
    shapes = quads(f"""e:S {target} ; sh:nodeKind sh:Literal ; sh:property [ sh:path e:p ; sh:datatype xsd:integer ;
            sh:minCount 2 ] ; sh:property [ sh:path e:q ; sh:property [ sh:path e:p ; sh:minCount 3 ] ] ;
        sh:sparql [ sh:prefixes e: ; sh:select "SELECT $this ?value WHERE {{ $this e:q ?value }}" ] .""")
    everything = judge(data, shapes).results
    assert everything
    for node in {result.focus for result in everything}:
        some = [r for r in judge(data, shapes, among=[node]).results if r.expected != "at least 3 values"]
        assert some == [r for r in everything if r.focus == node and r.expected != "at least 3 values"]
    assert judge(data, shapes, among=[]).results == ()
    assert Counter(judge(data, shapes, among={r.focus for r in everything}).results) == Counter(everything)


def test_the_literals_of_a_store_are_restored_from_what_was_written():
    written = quads('''e:a e:p "01"^^xsd:integer , 1 , "1.50"^^xsd:decimal , "5"^^xsd:int , 7 , "x"^^xsd:integer .
        e:b e:p "01"^^xsd:integer .''')
    derived = quads("e:c e:p 1 ; e:q 'derived' .")
    store = Store()
    store.bulk_extend(written + derived)
    assert set(restored(store, as_written(written))) == set(written + derived)


@pytest.mark.parametrize("shape", ['sh:in ( "01"^^xsd:integer )', 'sh:hasValue "01"^^xsd:integer', "sh:in ( 01.0 1.50 )"])
@pytest.mark.parametrize("beside", ["", 'e:b e:p "02"^^xsd:integer .'])
def test_another_spelling_in_a_shape_is_another_literal_whatever_the_data_hold(shape, beside):
    shapes = f"e:S a sh:NodeShape ; sh:targetNode e:a ; sh:property [ sh:path e:p ; {shape} ] ."
    assert len(found(f"e:a e:p 1 , 1.5 . {beside}", shapes)) == (1 if "hasValue" in shape else 2)
    assert found("e:a e:p 01 .", shapes.replace("01.0", "01")) == []


@pytest.mark.parametrize("more, times", [("", 1), ('e:c e:p 1 , "2"^^xsd:date .', 1), ("e:a e:p 1 .", 2)])
def test_what_was_written_is_gone_through_again_only_where_a_value_stands_there_in_two_forms(more, times):
    written = quads('e:a e:p "01"^^xsd:integer , "+1"^^xsd:integer , 7 .' + more)
    began = []

    class Reading:
        def __iter__(self):
            began.append(1)
            return iter(written)

    store = Store()
    store.bulk_extend(written)
    assert set(restored(store, as_written(Reading()))) == set(written)
    assert len(began) == times


def test_what_was_loaded_comes_back_as_it_was_written():
    written = quads('e:a e:p "01"^^xsd:integer , 1 , "x"^^xsd:integer , _:b , "a"@en . e:b e:p 1 .')
    assert Counter(load(written).written()) == Counter(written)


@pytest.mark.parametrize("node", [
    NamedNode("http://example.org/a"), BlankNode("b"),
    Literal("07", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#int")),
])
def test_the_faults_of_a_node_by_a_shape_are_found_whatever_the_shape_targets(node):
    data = load(quads('e:a e:q e:x . _:b e:q e:y . e:y a e:C . e:c e:p "07"^^xsd:int ; e:q e:x .'))
    shapes = quads("e:S sh:targetNode e:c ; sh:property [ sh:path e:q ; sh:class e:C ] ; sh:nodeKind sh:BlankNode .")
    named = NamedNode("http://example.org/S")
    alone = quads("e:S a sh:NodeShape ; sh:property [ sh:path e:q ; sh:class e:C ] ; sh:nodeKind sh:BlankNode .")
    found = faults(data, shapes, named, [node])
    assert {result.focus for result in found} <= {node} and bool(found) is not isinstance(node, BlankNode)
    assert [short(r)[1:] for r in found] == [short(r)[1:] for r in faults(data, alone, named, [node])]


def test_the_report_in_rdf_says_whether_the_data_conforms():
    shapes = quads("e:S sh:targetNode e:a ; sh:property [ sh:path ( e:p e:q ) ; sh:minCount 1 ; sh:message 'none' ] .")
    triples = list(report(validate(load([]), shapes)))
    said = {triple.predicate.value.split("#")[-1]: triple.object for triple in triples}
    assert said["conforms"] == Literal(False)
    assert said["resultMessage"] == Literal("none")
    assert sum(triple.predicate.value.endswith("#first") for triple in triples) == 2


def test_tokens_put_together_are_the_query_again():
    query = """SELECT $this (1.5 AS ?x) { $this e:p-q/^e:r* "a\\"}" ; e:s 'x'@en . """
    query += "FILTER(?x<3 && $this!=<http://e/#>) }"
    assert "".join(token.text + token.space for token in tokens(query)) == query


def test_quads_of_any_graph_are_loaded_as_one():
    graph = NamedNode("http://example.org/g")
    data = load(Quad(q.subject, q.predicate, q.object, graph) for q in quads("e:a e:p 1 ."))
    assert {quad.graph_name for quad in data.store} == {DefaultGraph()}
    assert not stored(data.store).union
