"""What a question reads about one thing gives the answer that the whole graph would give."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from kgtool import build, catalogue, judge, project
from kgtool.answer import Answer
from kgtool.judge import gaps, hierarchy, releases
from kgtool.judge.asked import Asked
from kgtool.judge.evidence import judges, world
from kgtool.judge.gaps import known
from kgtool.judge.label_status import class_level
from kgtool.store import Store, order
from kgtool.terms import ID, KG, XSD
from tests.bench import spelling, worlds

QUERIES = judge.queries(project.find(worlds.ROOT))
POLICIES = tuple(
    NamedNode(f"{ID}policy-{name}") for name in ("default", "everything-said", "regulators-only", "peer-reviewed-only")
)
EVIDENCE = (judges.evidence_for, judges.certainty_of, judges.premises, judges.weakest_link, judges.independent)


@pytest.fixture(scope="module")
def made() -> Store:
    """A generated world with the edges that follow from its claims."""
    filled = worlds.filled(9000, seed=3)
    for rule in build.derivation_rules(project.find(worlds.ROOT)):
        build.derive(filled, rule, filled.prefixes)
    return filled


@pytest.mark.parametrize("question", EVIDENCE, ids=lambda question: question.__name__)
@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.value.rpartition("policy-")[2])
def test_what_is_read_about_a_use_decides_as_all_that_counts_does(made, monkeypatch, question, policy):
    """Every use of every drug: the same rows with the same reasons, and some rows at all."""
    rows = tuple((policy, use.drug, use.sign, use.disease) for use in world.uses(made, QUERIES))
    asked = Asked(made, QUERIES, Answer(("policy", "drug", "sign", "disease"), rows, made.prefixes), {})
    monkeypatch.setattr(judges, "FEW", len(rows))
    about_each = question(asked)
    monkeypatch.setattr(judges, "FEW", 0)
    assert about_each == question(asked)
    assert len(rows) > 20


@pytest.mark.parametrize("question", [gaps.trial_in, gaps.closes], ids=lambda question: question.__name__)
@pytest.mark.parametrize("policy", POLICIES[:2], ids=lambda policy: policy.value.rpartition("policy-")[2])
def test_what_is_read_about_a_trial_decides_as_all_that_counts_does(made, monkeypatch, question, policy):
    """Every drug with every disease that it is used in, and with one far above; with a sign asked for and without."""
    design = NamedNode(KG + "controlledTrial")
    asked_about = [
        (use.drug, disease, sign, design, policy)
        for use in world.uses(made, QUERIES)[::5]
        for disease in (use.disease, spelling.disease(0)) if disease is not None for sign in (use.sign, None)
    ]
    columns = ("drug", "disease", "outcome", "design", "policy")

    def answers() -> list[Answer]:
        return [question(Asked(made, QUERIES, Answer(columns, (row,), made.prefixes), {})) for row in asked_about]

    near = answers()
    everything = known.read(made, QUERIES, policy.value, releases.read(made, QUERIES), _all_named(asked_about))
    monkeypatch.setattr(known, "read_about", lambda *_: everything)
    assert near == answers()
    assert len({answer.rows for answer in near}) > 3


def _all_named(rows: list[tuple]) -> set[str]:
    return {term.value for row in rows for term in row if term is not None}


def test_what_is_read_about_a_label_decides_as_all_labels_do(made):
    """Which uses a sentence on a class of diseases would make, and what speaks against them."""
    question = catalogue.question(project.find(worlds.ROOT), "class-level")
    rows = made.select(question.bind({"drug": None, "hierarchy": f"{ID}hierarchy-mondo-new"}))
    by_drug = [replace(rows, rows=tuple(row for row in rows.rows if row[0] == drug)) for drug in {row[0] for row in rows.rows}]
    every = [line for some in by_drug for line in class_level(Asked(made, QUERIES, some, {})).rows]
    whole = class_level(Asked(made, QUERIES, rows, {})).rows
    assert sorted(map(str, every)) == sorted(map(str, whole)) and every


@pytest.mark.parametrize("derived", [True, False], ids=["what stands above is noted", "nothing is derived"])
def test_a_hierarchy_read_term_by_term_is_the_one_read_as_a_whole(made, derived):
    store = made if derived else worlds.filled(9000, seed=3)
    by_term, whole = releases.looked_up(store, QUERIES), releases.read(store, QUERIES)
    assert by_term.releases == whole.releases
    assert store.ask("ASK { GRAPH ?closure { ?term skos:broaderTransitive ?above } }") == derived
    for release in whole.releases:
        one, other = by_term.read(release), whole.read(release)
        assert other.labels, "a release without terms proves nothing"
        for term in [*other.labels, "http://example.org/unknown"]:
            assert one.ways(term) == other.ways(term) and one.below(term) == other.below(term)
            assert one.labels.get(term) == other.labels.get(term) and one.holds(term) == other.holds(term)
            assert by_term.below(term) == whole.below(term) and by_term.steps(term) == whole.steps(term)


def test_what_one_release_has_below_what_another_has_is_below_too():
    """A term of two releases, each with its own below it, and another below that in the first."""
    parents = ({"b": ("a",), "d": ("c",)}, {"c": ("b",)})
    both = tuple(hierarchy.Release(name, name, name, name, default=True) for name in ("one", "other"))
    read = {name: hierarchy.Hierarchy(name, name, {}, above, {}) for name, above in zip(("one", "other"), parents, strict=True)}
    assert hierarchy.Hierarchies(both, lambda release: read[release.iri]).below("a") == {"b", "c", "d"}


TERMS = st.one_of(
    st.none(),
    st.sampled_from("abcé😀").map(lambda name: NamedNode(f"http://example.org/{name}")),
    st.text("aB b1é😀", max_size=3).map(Literal),
    st.text("ab", max_size=2).map(lambda text: Literal(text, language="en")),
    st.integers(-12, 12).map(Literal),
    st.sampled_from(("2020-01-02", "1999-12-31", "2020-01-02Z")).map(lambda day: Literal(day, datatype=NamedNode(XSD + "date"))),
    st.sampled_from(("P9D", "P28D", "P2M", "P11M")).map(lambda time: Literal(time, datatype=NamedNode(XSD + "duration"))),
)


@given(st.lists(st.tuples(TERMS, TERMS), max_size=12), st.sampled_from(("?a ?b", "?b ?a", "$b")))
def test_rows_are_ordered_here_as_the_engine_orders_them(rows, keys):
    """By what it compares, not by where they stood before."""
    values = " ".join(f"({' '.join('UNDEF' if term is None else str(term) for term in row)})" for row in rows)
    query = f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {values} }} }}\norder BY {keys}\n"
    plain, by = order.split(query)
    assert by and "order" not in plain
    ours = order.ordered(rows, ("a", "b"), by)
    theirs = [tuple(solution) for solution in ox.Store().query(query)]
    if ours is not None:
        assert [tuple(row["ab".index(name)] for name in by) for row in ours] == [
            tuple(row["ab".index(name)] for name in by) for row in theirs]


@pytest.mark.parametrize("end", ["ORDER BY DESC(?a)", "ORDER BY ?a LIMIT 3", "", "GROUP BY ?a"])
def test_an_order_of_another_kind_is_left_to_the_engine(end):
    assert order.split(f"SELECT ?a {{ ?a ?b ?c }} {end}") == (f"SELECT ?a {{ ?a ?b ?c }} {end}", ())
    assert order.ordered([(Literal(1),), (Literal("a"),)], ("a",), ("a",)) is None
    assert order.ordered([], ("a",), ("hidden",)) is None


def test_values_of_several_kinds_are_ordered_here_where_those_that_meet_are_of_one():
    said = NamedNode("http://example.org/said"), NamedNode("http://example.org/lasted")
    words, duration = Literal("x"), NamedNode(XSD + "duration")
    short, long = Literal("P9D", datatype=duration), Literal("P28D", datatype=duration)
    rows = [(said[0], words), (said[1], long), (said[1], short)]
    assert order.ordered(rows, ("a", "b"), ("a", "b")) == [(said[1], short), (said[1], long), (said[0], words)]
    assert order.ordered([*rows, (said[1], words)], ("a", "b"), ("a", "b")) is None
