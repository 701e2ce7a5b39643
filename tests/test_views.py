"""Pictures: nothing covers anything, the same picture is the same bytes, and no label becomes markup."""

from __future__ import annotations

import base64
import functools
import hashlib
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from kgtool.errors import WrongUse
from kgtool.terms import ID, NOT_MEDICAL_ADVICE
from kgtool.views import WRITERS, Edge, Node, Picture, claims, grammar, html, svg
from kgtool.views.layout import Layout, arranged
from kgtool.views.text import wrapped

ROOT = Path(__file__).resolve().parents[1]
TEXT_WRITERS = [".svg", ".html"]

_NODES = {
    "drug": ["baclofen"],
    "context": [
        "spasticity in multiple sclerosis", "spasticity in spinal muscular atrophy", "spasticity in spinal cord injury",
    ],
    "condition": ["multiple sclerosis", "spinal muscular atrophy", "spinal cord injury"],
    "sign": [
        "Spasticity", "pain", "stiffness", "confusion", "drowsiness", "dizziness", "nausea", "muscle weakness",
        "muscle wasting", "loss of reflexes",
    ],
    "route": ["oral", "intravenous", "intrathecal"],
    "organisation": ["Ciba-Geigy", "Novartis", "FDA"],
    "chemical": ["GABA"],
    "target": ["GABA receptor"],
    "process": ["motor neuron loss", "nerve signalling in the spinal cord"],
    "study": ["106-patient trial in MS", "35-day placebo comparison"],
    "source": ["news article on baclofen"],
    "gap": ["controlled trial in SMA", "exact mechanism of action", "benefit below 12 years"],
    "other": ["SMN1 gene"],
}

_EDGES = """
baclofen|approved|approved for|spasticity in multiple sclerosis|
baclofen|approved|approved for|spasticity in spinal cord injury|
baclofen|used|used for|spasticity in spinal muscular atrophy|
baclofen|believed|may help|spasticity in spinal muscular atrophy|may
baclofen|believed|acts on|GABA receptor|thought to
baclofen|said|derived from|GABA|
baclofen|believed|dampens|nerve signalling in the spinal cord|thought to
baclofen|adverse|side effect|confusion|can
baclofen|adverse|side effect|drowsiness|can
baclofen|adverse|side effect|dizziness|can
baclofen|adverse|side effect|nausea|can
baclofen|adverse|side effect|muscle weakness|can
baclofen|said|given by|oral|
baclofen|disputed|given by|intravenous|
baclofen|said|given by|intrathecal|
baclofen|gap|not known|exact mechanism of action|
baclofen|gap|not established|benefit below 12 years|
Ciba-Geigy|said|first made|baclofen|
Ciba-Geigy|said|became part of|Novartis|
FDA|said|approved|baclofen|
106-patient trial in MS|trial|tested|baclofen|
106-patient trial in MS|trial|improved|Spasticity|
106-patient trial in MS|trial|improved|pain|
106-patient trial in MS|trial|improved|stiffness|
106-patient trial in MS|said|in patients with|multiple sclerosis|
106-patient trial in MS|part|design|35-day placebo comparison|
spasticity in multiple sclerosis|part||Spasticity|
spasticity in multiple sclerosis|part||multiple sclerosis|
spasticity in spinal muscular atrophy|part||Spasticity|
spasticity in spinal muscular atrophy|part||spinal muscular atrophy|
spasticity in spinal cord injury|part||Spasticity|
spasticity in spinal cord injury|part||spinal cord injury|
spasticity in spinal muscular atrophy|gap|no trial found|controlled trial in SMA|
spinal muscular atrophy|sign|has sign|muscle weakness|
spinal muscular atrophy|sign|has sign|muscle wasting|
spinal muscular atrophy|sign|has sign|loss of reflexes|
spinal muscular atrophy|sign|has sign|Spasticity|can
spinal muscular atrophy|said|caused by|motor neuron loss|
SMN1 gene|said|mutated in|spinal muscular atrophy|
GABA|said|binds|GABA receptor|
GABA receptor|said|dampens|nerve signalling in the spinal cord|
nerve signalling in the spinal cord|believed|drives|Spasticity|believed to
multiple sclerosis|sign|has sign|Spasticity|often
news article on baclofen|said|reports|106-patient trial in MS|
news article on baclofen|disputed|doubts|controlled trial in SMA|
"""


def sample() -> Picture:
    """About 35 nodes and 45 edges around one drug, with every kind of evidence and of thing."""
    nodes = tuple(Node(_id(label), label, kind) for kind, labels in _NODES.items() for label in labels)
    edges = tuple(_edge(at, row.split("|")) for at, row in enumerate(_EDGES.split("\n")) if row)
    return Picture(
        "What is said about baclofen", nodes, edges, focus=_id("baclofen"), hidden=12,
        caption="Everything said in the tiny world, strongest evidence first.",
    )


def _id(label: str) -> str:
    return "id:" + label.lower().replace(" ", "-")


def _edge(number: int, row: list[str]) -> Edge:
    start, evidence, label, end, hedge = row
    sentence = f"{start} {hedge + ' ' if hedge else ''}{label or 'belongs to'} {end}."
    return Edge(_id(start), _id(end), evidence, label, sentence, f"claim:tiny-f{number:02}", hedge)


@functools.cache
def sample_layout() -> Layout:
    return arranged(sample())


@functools.cache
def sample_bytes(suffix: str) -> bytes:
    return WRITERS[suffix](sample())


ONE_TWO = (Node("a", "one", "drug"), Node("b", "two", "sign"))
SMALL = Picture("small", ONE_TWO, (Edge("a", "b", "adverse", "can", "S."),), "a")
EMPTY = Picture("nothing", (), ())


# What may not cover what


def test_in_the_sample_no_box_or_label_covers_another():
    layout = sample_layout()
    assert _covering(layout) == []
    assert all(edge.label for edge in layout.edges if edge.words.width), "every label has found a place"


def _covering(layout: Layout) -> list[tuple]:
    boxes = [(placed.node.id, placed.box) for placed in layout.nodes]
    boxes += [(edge.edges[0], edge.label) for edge in layout.edges if edge.label]
    return [(one, other) for at, (one, box) in enumerate(boxes) for other, under in boxes[:at] if box.meets(under)]


def test_everything_in_the_sample_stands_within_the_drawing():
    layout = sample_layout()
    boxes = [placed.box for placed in layout.nodes] + [edge.label for edge in layout.edges if edge.label]
    assert min(min(box.left, box.top) for box in boxes) >= 0
    assert max(box.right for box in boxes) <= layout.width and max(box.bottom for box in boxes) <= layout.height


def test_no_line_of_the_sample_passes_through_a_box_it_does_not_belong_to():
    layout = sample_layout()
    for placed in layout.edges:
        foreign = [n for n in layout.nodes if n.node.id not in (placed.edges[0].start, placed.edges[0].end)]
        crossed = [n.node.id for n in foreign if any(n.box.holds(point) for point in placed.samples)]
        assert not crossed, (placed.edges[0], crossed)


def test_where_forty_things_are_drawn_few_lines_run_under_labels_of_others(founding):
    layout = arranged(founding.draw("baclofen"))
    labels = [(at, edge.label) for at, edge in enumerate(layout.edges) if edge.label]
    under = [
        (at, other) for at, label in labels for other, edge in enumerate(layout.edges)
        if other != at and any(label.holds(point) for point in edge.samples)
    ]
    assert len(layout.nodes) == 40 and len(labels) == sum(edge.words.width > 0 for edge in layout.edges)
    assert len(under) < len(labels) / 3


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    words = st.text(max_size=50)
    count = draw(st.integers(1, 9))
    ids = [f"n{at}" for at in range(count)]
    nodes = tuple(Node(name, draw(words), draw(st.sampled_from(list(grammar.SHAPES)))) for name in ids)
    ends, kinds = st.sampled_from(ids), st.sampled_from(list(grammar.LINES))
    hedges = st.sampled_from(["", "can", "thought to"])
    edges = draw(st.lists(st.builds(Edge, ends, ends, kinds, words, words, st.just("claim:x"), hedges), max_size=14))
    return Picture(draw(words), nodes, tuple(edges), draw(st.sampled_from(["", *ids])), draw(st.integers(0, 3)))


@settings(max_examples=60, deadline=None)
@given(pictures())
def test_in_any_small_picture_nothing_covers_anything_and_the_svg_is_well_formed(picture):
    assert _covering(arranged(picture)) == []
    ElementTree.fromstring(svg.write(picture))


def test_parallel_claims_fan_out_and_the_same_claim_twice_is_one_line():
    said = [(kind, claim) for kind in ("approved", "disputed") for claim in ("c1", "c2")]
    edges = tuple(Edge("a", "b", kind, "helps", "S.", claim) for kind, claim in said)
    layout = arranged(replace(SMALL, edges=edges))
    assert [edge.words.lines for edge in layout.edges] == [("helps ×2",), ("helps ×2",)]
    middles = [edge.samples[len(edge.samples) // 2] for edge in layout.edges]
    assert abs(middles[0][0] - middles[1][0]) + abs(middles[0][1] - middles[1][1]) > 20


def test_long_labels_are_wrapped_to_three_lines_and_end_in_an_ellipsis():
    lines = wrapped("a very long name " * 9, 18, 3)
    assert len(lines) == 3 and lines[-1].endswith("…") and max(map(len, lines)) <= 21


# Large pictures


@pytest.mark.parametrize(("count", "seconds"), [(150, 6), (500, 25)])
def test_a_crowd_is_laid_out_without_overlap_in_bounded_time(count, seconds):
    dice = random.Random(count)
    nodes = tuple(Node(f"n{at}", f"thing number {at}", dice.choice(list(grammar.SHAPES))) for at in range(count))
    joins = [(at, dice.randrange(at) if at % 3 else 0) for at in range(1, count)]
    edges = tuple(Edge(f"n{b}", f"n{a}", dice.choice(list(grammar.LINES)), "joins", "S.") for a, b in joins)
    began = time.process_time()
    layout = arranged(Picture("crowd", nodes, edges, "n0"))
    # Three times what a slow machine needs: catches another order of growth, not a busy afternoon.
    assert time.process_time() - began < seconds
    assert _covering(layout) == []


# The same picture, the same bytes


@pytest.mark.parametrize("suffix", TEXT_WRITERS)
def test_the_order_of_nodes_and_edges_does_not_change_a_byte(suffix):
    picture = sample()
    nodes, edges = list(picture.nodes), list(picture.edges)
    random.Random(7).shuffle(nodes)
    random.Random(8).shuffle(edges)
    shuffled = replace(picture, nodes=tuple(nodes), edges=tuple(edges))
    assert WRITERS[suffix](shuffled) == sample_bytes(suffix)


def test_the_hash_seed_does_not_change_a_byte():
    program = (
        "import sys; from kgtool.views import *; n = [Node(f'n{i}', f'thing {i}', 'sign') for i in range(9)];"
        "e = [Edge(f'n{i // 2}', f'n{i}', 'said', 'says', 'S.') for i in range(1, 9)];"
        "sys.stdout.buffer.write(WRITERS['.html'](Picture('t', tuple(n), tuple(e))))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] != b""


# The grammar


def test_kinds_of_evidence_differ_without_colour():
    assert len({(line.dash, line.width, line.end) for line in grammar.LINES.values()}) == len(grammar.LINES)


def test_the_ink_of_labels_reads_well_on_white():
    for kind, line in grammar.LINES.items():
        channels = [int(line.ink[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (luminance + 0.05) >= 4.5, kind


def test_a_gap_is_hollow_and_dashed():
    root = ElementTree.fromstring(sample_bytes(".svg"))
    gaps = [g for g in root.iter(SVG + "g") if g.get("class") == "node gap"]
    assert len(gaps) == 3
    for gap in gaps:
        shape = gap.find(SVG + "rect")
        assert shape.get("fill") == svg.PAPER and shape.get("stroke-dasharray")


def test_the_legend_counts_what_occurs_and_lists_nothing_else():
    shown = _texts(sample_bytes(".svg"))
    assert {"said to be approved (2)", "side effect (5)", "gap (3)", "hedge of the source (11)"} <= set(shown)
    assert not [line for line in _texts(svg.write(SMALL)) if line.startswith(("said to be approved", "gap", "hedge"))]


def test_the_legend_takes_the_callers_words():
    shown = _texts(svg.write(replace(SMALL, legend=(("adverse", "harm"),))))
    assert "harm (1)" in shown and "side effect (1)" not in shown


def test_no_picture_says_off_label_of_itself():
    assert b"off-label" not in sample_bytes(".svg").lower() + sample_bytes(".html").lower()


SVG = "{http://www.w3.org/2000/svg}"


def _texts(drawn: bytes) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(drawn).iter(SVG + "text")]


# What every product says


def test_the_svg_names_and_describes_itself_and_every_part():
    root = ElementTree.fromstring(sample_bytes(".svg"))
    named = root.get("aria-labelledby").split()
    assert root.get("role") == "img"
    assert [child.get("id") for child in root[:2]] == named and root[0].text == "What is said about baclofen"
    parts = [g for g in root.iter(SVG + "g") if (g.get("class") or "").startswith(("node ", "edge "))]
    assert len(parts) == len(sample().nodes) + len(sample().edges)
    assert all(part.find(SVG + "title").text for part in parts)


@pytest.mark.parametrize("picture", [SMALL, EMPTY], ids=["small", "empty"])
@pytest.mark.parametrize("suffix", TEXT_WRITERS)
def test_the_notice_is_in_every_product(suffix, picture):
    assert NOT_MEDICAL_ADVICE in " ".join(re.sub(r"<[^>]*>", " ", WRITERS[suffix](picture).decode()).split())


def test_the_notice_is_drawn_and_not_only_described():
    assert NOT_MEDICAL_ADVICE in " ".join(_texts(svg.write(EMPTY)))


@pytest.mark.parametrize("suffix", TEXT_WRITERS)
def test_what_is_left_out_is_counted_in_words(suffix):
    assert b"12 more claims are not drawn." in sample_bytes(suffix)
    assert b"1 more claim is not drawn." in WRITERS[suffix](replace(SMALL, hidden=1))
    assert b"not drawn" not in WRITERS[suffix](SMALL)


@pytest.mark.parametrize("suffix", TEXT_WRITERS)
def test_an_empty_picture_says_that_there_is_nothing_to_draw(suffix):
    drawn = WRITERS[suffix](EMPTY)
    assert b"Nothing to draw" in drawn and b"NaN" not in drawn


def test_things_without_claims_are_drawn():
    assert {"one", "two"} <= set(_texts(svg.write(replace(SMALL, edges=(), focus=""))))


@pytest.mark.parametrize("suffix", TEXT_WRITERS)
def test_nothing_points_outside(suffix):
    drawn = sample_bytes(suffix).decode()
    assert set(re.findall(r"\w+=.?https?:[^\"]*", drawn)) == {'xmlns="http://www.w3.org/2000/svg'}
    assert not re.search(r"\b(href|src|url|@import)\b\s*[=(]", drawn)


# The page


class _Page(HTMLParser):
    def __init__(self, page: bytes):
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += attrs


def test_the_policy_names_the_style_and_the_script_by_their_hashes():
    page = sample_bytes(".html").decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    for tag in ("style", "script"):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1]
        assert f"{tag}-src 'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'" in policy
    assert not [name for name, _ in _Page(page.encode()).attributes if name == "style" or name.startswith("on")]


def test_the_page_has_a_row_for_every_claim_and_a_filter_for_every_kind():
    page = _Page(sample_bytes(".html"))
    assert page.tags["tr"] == len(sample().edges) + 1
    kinds = {edge.evidence for edge in sample().edges}, {node.kind for node in sample().nodes}
    assert page.tags["input"] == len(kinds[0]) + len(kinds[1])


def test_the_page_of_the_sample_is_small():
    assert len(sample_bytes(".html")) < 80_000


HOSTILE = [
    "<img src=x onerror=alert(1)>", "</title></svg><script>alert(1)</script>", "javascript:alert(1)", "]]> --> <!--",
    "\"' onload='x", "nul\x00 bell\x07 half\ud800 mark\ufffe", "\u202ereversed", "&lt;&#60;", "{{7*7}}", "",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_label_becomes_markup(words):
    nodes = (Node("a", words, "drug", words), Node(words, words, "sign", words))
    edge = Edge("a", words, "said", words, words, words, words)
    picture = Picture(words, nodes, (edge,), "a", 1, words, words, (("said", words),))
    plain = replace(SMALL, hidden=1, edges=(Edge("a", "b", "said", "can", "S.", "c", "can"),))
    ElementTree.fromstring(svg.write(picture))
    page = _Page(html.write(picture))
    known = _Page(html.write(plain))
    assert set(page.tags) <= set(known.tags) and page.tags["script"] == 1
    assert {name for name, _ in page.attributes} <= {name for name, _ in known.attributes}
    assert not [value for _, value in page.attributes if value and value.startswith("javascript:")]


# Wrong pictures


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"edges": (Edge("a", "zz", "said", "l", "s"),)}, "no node has the id 'zz'"),
        ({"edges": (Edge("a", "b", "aproved", "l", "s"),)}, "did you mean approved?"),
        ({"nodes": (Node("a", "x", "drugg"), Node("b", "y", "sign"))}, "did you mean drug?"),
        ({"nodes": (Node("a", "x", "drug"), Node("a", "y", "drug"), Node("b", "y", "sign"))}, "share the id 'a'"),
        ({"focus": "c"}, "focus"),
        ({"legend": (("x", "y"),)}, "the kinds are approved, trial"),
    ],
)
def test_what_cannot_be_drawn_is_named(change, message):
    with pytest.raises(WrongUse, match=re.escape(message)):
        svg.write(replace(SMALL, **change))


# PNG


def test_a_png_is_drawn_from_the_svg():
    pytest.importorskip("resvg_py", reason="resvg-py is an extra: pip install 'kgtool[png]'")
    assert WRITERS[".png"](SMALL).startswith(b"\x89PNG\r\n")


def test_without_resvg_the_png_writer_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(WrongUse, match=re.escape("pip install 'kgtool[png]'")):
        WRITERS[".png"](SMALL)


def test_a_use_has_the_label_statuses_of_its_own_drug_alone(founding):
    rows = founding.store.select(founding.views["picture"].bind({"source": None}))
    statuses = founding.store.select(founding.views["picture-statuses"].text)
    assert any(said.status for said in claims.read(rows, statuses))
    at = statuses.columns.index("drug")
    of_another = tuple((*row[:at], NamedNode(ID + "another"), *row[at + 1:]) for row in statuses.rows)
    assert not any(said.status for said in claims.read(rows, replace(statuses, rows=of_another)))


def test_what_only_regulators_say_shows_the_uses_that_labels_of_a_drugs_products_grant(founding):
    drawn = founding.draw("baclofen", policy="regulators-only")
    granted = {edge.end for edge in drawn.edges if edge.evidence == "approved" and edge.start == "id:baclofen"}
    assert "id:spasticity-in-ms" in granted and {"label: indicated"} == {e.label for e in drawn.edges if e.evidence == "approved"}
    refused = {edge.end: edge.evidence for edge in drawn.edges if edge.label == "label: efficacy not established"}
    assert refused["MONDO:0006497"] == "said", "what a label does not grant is not drawn as if it did"


def test_a_use_that_others_speak_of_as_well_is_drawn_once(founding):
    drawn = founding.around("baclofen")
    by_label = {edge.end for edge in drawn.edges if edge.label.startswith("label:")}
    others = {edge.end for edge in drawn.edges if edge.start == "id:baclofen" and not edge.label.startswith("label:")
              and edge.evidence in ("used", "approved", "disputed")}
    assert not by_label & others


def test_the_picture_of_a_product_begins_at_the_product(founding):
    drawn = founding.draw("baclofen tablets, United States")
    assert {edge.start for edge in drawn.edges if edge.evidence == "approved"} == {"id:baclofen-tablet-us"}
