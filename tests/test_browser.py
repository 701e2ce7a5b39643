"""The explorer in a real browser: every page loads quietly and is accessible, and a reader gets where they want to go."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from xml.etree import ElementTree

import httpx
import pytest
from conftest import faults

from kgtool.project import Project
from kgtool.terms import NOT_MEDICAL_ADVICE
from kgtool.web.pages import PAGES

# Where each page stands; of the page of a thing, some kinds.
ADDRESSES = {
    "": ["/"], "about": ["/about"], "ask": ["/ask"], "ask/": ["/ask/label-status"], "map": ["/map"],
    "policies": ["/policies"], "query": ["/query", "/query/answer?query=SELECT+*+{+?s+a+?kind+}+LIMIT+9"],
    "search": ["/search?q=spasticity"], "sources": ["/sources"], "judged": ["/judged?thing=id:examplin"],
    "thing/": ["/thing/id:examplin", "/thing/id:page-v1", "/thing/claim:page-v1-approved", "a judgement"], "things": ["/things"],
    "use": ["/use?drug=id:examplin&sign=HP:0001257&disease=MONDO:0005301"], "validation": ["/validation"],
}
ALL = [address for addresses in ADDRESSES.values() for address in addresses]
# axe takes seconds: what holds for the colours of one light page holds for those of the same make
LIGHT = ["/", "/ask/label-status", "/map", "/query", "/thing/id:examplin", "/thing/claim:page-v1-approved"]
WIDE = ["/map", "/policies", "/sources", "/thing/id:baclofen", "/thing/id:smanewstoday-baclofen-v1", "/ask/disputes"]


def test_every_page_is_tried():
    assert {name for name, page in PAGES.items() if "html" in page.formats} == set(ADDRESSES)


@pytest.fixture(scope="module")
def lit(built_world, tmp_path_factory, kgtool, serving, page) -> Iterator[str]:
    """The tiny world with the text that its claims point into at hand."""
    root = tmp_path_factory.mktemp("lit") / "world"
    shutil.copytree(built_world.root, root)
    project = Project(root, root / "build", root / "cache" / "texts")
    assert kgtool(project, "sources", "add", page).returncode == 0
    with serving(project) as address:
        yield address


def a_judgement(site: str) -> str:
    """The page of a judgement, whose name is a digest."""
    listed = httpx.get(f"{site}/judged?thing=id:examplin").text
    return re.search(r"/thing/derived:judgement-\w+", listed)[0]


@pytest.mark.parametrize("address", ALL)
def test_a_page_is_quiet_and_accessible(lit, visit, address):
    page = visit(lit + (a_judgement(lit) if address == "a judgement" else address))
    page.wait_for_load_state("networkidle")
    assert NOT_MEDICAL_ADVICE in page.content()
    assert address not in LIGHT or faults(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 800})
    assert faults(page) == [], "dark and narrow"


@pytest.mark.parametrize("address", WIDE)
def test_a_page_that_is_full_fits_a_narrow_screen(site, visit, address):
    page = visit(site + address, width=390, scheme="dark")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "the page itself scrolls sideways"


def test_what_is_enlarged_four_times_fits_its_screen(site, visit):
    page = visit(f"{site}/thing/id:baclofen", width=320)  # https://www.w3.org/TR/WCAG22/#reflow
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("address", [*WIDE, "/ask/label-status"])
def test_a_page_fits_the_sheet_that_it_is_printed_on(site, visit, address):
    page = visit(f"{site}/about", width=794)
    page.emulate_media(media="print")
    page.goto(site + address)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 794
    cut = page.evaluate("""[...document.querySelectorAll('main *')].filter(e =>
                           !e.closest('svg') && e.scrollHeight > e.clientHeight + 4
                           && ['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowY) && e.checkVisibility()
                           && !e.matches('.unseen')).map(e => e.className)""")
    assert cut == [], "what scrolls on a screen is cut on paper"


def test_where_the_readers_colours_rule_the_page_one_is_on_is_told_by_a_line(lit, visit):
    page = visit(f"{lit}/about")
    page.emulate_media(forced_colors="active")
    page.goto(f"{lit}/thing/id:examplin?policy=regulators-only")
    chosen, other = page.locator(".pills.policy [aria-current]"), page.locator(".pills.policy a:not([aria-current])").first
    looks = [each.evaluate("e => getComputedStyle(e).outlineStyle") for each in (chosen, other)]
    assert looks == ["solid", "none"]


def test_a_page_opened_from_a_disk_shows_the_still_picture_and_finds_things(published, visit):
    page = visit((published / "thing" / "id_examplin.html").as_uri())
    picture = page.locator("#graph .sheet img")
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    page.get_by_role("combobox").press_sequentially("spast")
    page.get_by_role("option").first.click()
    page.wait_for_url("file:///**/thing/**")
    assert "spasticity" in page.locator("h1").inner_text().lower()


def test_what_is_typed_finds_a_thing(site, visit):
    page = visit(f"{site}/")
    page.get_by_role("combobox").press_sequentially("gaba")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thing/**")
    assert "gamma" in page.locator("h1").inner_text().lower() or "GABA" in page.locator("h1").inner_text()


def test_a_field_is_completed_by_the_server_where_its_things_are_too_many_to_be_sent_along(world, serving, visit):
    with (world.root / "graph_data" / "things.ttl").open("a") as things:
        things.writelines(f'id:drug-{n} a kg:Drug ; rdfs:label "remedy number {n}"@en .\n' for n in range(210))
    with serving(world) as address:
        page = visit(f"{address}/ask/routes")
        field = page.get_by_role("combobox", name="drug")
        offered = page.locator(".field .found:not([hidden]) li")
        assert page.locator("datalist#l-drug").count() == 0
        field.fill("")
        field.press_sequentially("number 17")
        # until the words are whole, others are offered
        page.locator(".field .found:not([hidden]) li:first-child", has_text="remedy number 17").wait_for()
        assert offered.first.inner_text().startswith("remedy number 17\n")
        assert faults(page) == []
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert field.input_value() == "remedy number 17" and offered.count() == 0
        field.fill("")
        field.press_sequentially("spasticity")  # which is no drug
        offered.filter(has_text="Nothing holds all of these words.").wait_for()
        assert offered.count() == 1
        field.fill("remedy number 17")
        page.keyboard.press("Enter")
        page.wait_for_url("**/ask/routes?drug=remedy+number+17**")
        assert page.locator(".empty").is_visible(), "nothing is claimed of it"


def test_a_claim_is_followed_to_its_lit_words(lit, visit, built_world):
    page = visit(f"{lit}/thing/claim:page-v1-approved")
    words = page.locator("mark").first.inner_text()
    page.locator("a[href*='/thing/id:page-v1']").first.click()
    page.locator("mark").first.wait_for()
    assert words in page.locator("mark").all_inner_texts()


# The graph view


@pytest.fixture
def graph(site, visit):
    """The graph view of baclofen, drawn."""
    return _drawn(visit(f"{site}/thing/id:baclofen"))


def _drawn(page):
    page.locator("#graph.live .stage .node").first.wait_for()
    return page


def boxes(page, selector: str) -> list[dict]:
    return page.evaluate(
        "s => [...document.querySelectorAll(s)].map(e => e.getBBox ? e.getBoundingClientRect().toJSON() : null)", selector
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_no_label_of_the_graph_covers_another_or_the_head_of_a_line(site, visit, width):
    page = _drawn(visit(f"{site}/thing/id:baclofen", width=width))
    placed = boxes(page, "#graph .stage .node .shape") + boxes(page, "#graph .stage .halo")
    assert len(placed) > 12
    for at, one in enumerate(placed):
        for other in placed[:at]:
            inner = one["left"] >= other["left"] - 6 and one["right"] <= other["right"] + 6  # the second line of a double box
            if inner and one["top"] >= other["top"] - 6 and one["bottom"] <= other["bottom"] + 6:
                continue
            apart = (one["left"] >= other["right"] - 1 or other["left"] >= one["right"] - 1
                     or one["top"] >= other["bottom"] - 1 or other["top"] >= one["bottom"] - 1)
            assert apart, (one, other)
    assert page.evaluate("""[...document.querySelectorAll('#graph .reach')].map(line =>
        line.getPointAtLength(line.getTotalLength() - 3)).filter(({x, y}) =>
        [...document.querySelectorAll('#graph .halo')].map(halo => halo.getBBox()).some(box =>
            x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height)).length""") == 0, "heads of lines are seen"
    heights = page.evaluate("[...document.querySelectorAll('#graph .say')].map(e => e.getBoundingClientRect().height)")
    assert min(heights) >= 8


@pytest.mark.parametrize("width", [1440, 390])
def test_a_picture_fits_its_frame_until_it_is_made_larger(site, visit, width):
    page = _drawn(visit(f"{site}/thing/id:baclofen", width=width))
    beyond = "(e => Math.max(e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight))(document.querySelector('.stage'))"
    assert page.evaluate(beyond) <= 0
    page.locator("#graph .more").click()
    assert page.evaluate(beyond) <= 0, "all of more things is seen as well"
    page.locator("#graph .stage").focus()
    for _ in range(3):
        page.keyboard.press("+")
    enlarged = page.evaluate(beyond)
    assert enlarged > 0 and page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.down("Control")
    page.locator("#graph .stage").hover()
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_function(f"{beyond} > {enlarged}")
    page.keyboard.press("0")
    assert page.evaluate(beyond) <= 0


def test_choosing_a_thing_expands_it(graph):
    before = graph.locator("#graph .node").count()
    graph.locator("#graph .node", has_text="GABA receptor").click()
    graph.locator("#graph .told ul").wait_for()
    chosen = graph.locator("#graph .node", has_text="GABA receptor")
    assert chosen.get_attribute("aria-expanded") == "true"
    box, stage = chosen.bounding_box(), graph.locator("#graph .stage").bounding_box()
    assert stage["x"] <= box["x"] and box["x"] + box["width"] <= stage["x"] + stage["width"], "it stays in sight"
    assert graph.locator("#graph .node").count() >= before
    assert graph.locator("#graph .told a[href*='/thing/claim:']").count() > 0


def test_more_is_shown_until_all_is(graph):
    more = graph.locator("#graph .more")
    while more.is_visible() and more.is_enabled():
        before = graph.locator("#graph .node").count()
        more.click()
        assert graph.locator("#graph .node").count() > before
    assert graph.locator("#graph .node").count() > 50
    assert graph.locator("#graph tbody tr").count() == graph.locator("#graph .stage .edge").count()
    under = graph.evaluate("""() => {
        const lines = [...document.querySelectorAll('#graph .reach')].map(line =>
            Array.from({length: 201}, (_, n) => line.getPointAtLength(line.getTotalLength() * n / 200)));
        const holds = (box, at) =>
            at.x > box.x + 1 && at.x < box.x + box.width - 1 && at.y > box.y + 1 && at.y < box.y + box.height - 1;
        return [...document.querySelectorAll('#graph .halo')].map(halo => halo.getBBox()).map(box =>
            lines.filter(line => line.some(at => holds(box, at))).length);
    }""")
    assert sum(max(0, lines - 1) for lines in under) < len(under) / 2, "a label lies on its own line, rarely on others"


def test_the_legend_takes_a_kind_away_and_brings_it_back(graph):
    switch = graph.get_by_role("checkbox", name=re.compile("side effect"))
    drawn = graph.locator("#graph .stage .edge.adverse")
    before = drawn.count()
    assert before and f"side effect {before}" in graph.locator("#graph .switches").inner_text()
    switch.uncheck()
    assert drawn.count() == 0 and "adverse" not in graph.locator("#graph tbody").inner_text()
    graph.get_by_role("checkbox", name=re.compile("side effect")).check()
    assert drawn.count() == before


def test_on_a_narrow_screen_the_legend_is_one_line_until_it_is_opened(site, visit):
    page = _drawn(visit(f"{site}/thing/id:baclofen", width=390))
    legend = page.locator("#graph .switches")
    assert legend.bounding_box()["height"] < 40
    assert re.fullmatch(r"Legend: \d+ kinds of evidence, \d+ of things", legend.locator("summary").inner_text())
    legend.locator("summary").focus()
    page.keyboard.press("Enter")
    legend.get_by_role("checkbox", name=re.compile("side effect")).uncheck()
    assert page.locator("#graph .stage .edge.adverse").count() == 0
    assert legend.locator("summary").inner_text().endswith("of things; 1 taken out")


def test_gaps_are_hollow_and_hedges_are_seen(graph):
    gap = graph.locator("#graph .stage .node.gap .shape").first
    assert gap.get_attribute("fill") == "#ffffff" and gap.get_attribute("stroke-dasharray")
    assert "can cause" in graph.locator("#graph .stage .hedged").all_text_contents()


def test_a_judged_gap_is_hollow_and_stands_in_the_table_and_the_legend(graph):
    hollow = graph.locator("#graph .stage .node.gap[aria-label^='no controlled trial in spasticity'] .shape")
    assert hollow.get_attribute("fill") == "#ffffff" and hollow.get_attribute("stroke-dasharray")
    lines, rows = graph.locator("#graph .stage .edge.judged"), graph.locator("#graph tbody tr", has_text="gap by the rules")
    switch = graph.get_by_role("checkbox", name=re.compile("gap by the rules"))
    assert lines.count() == rows.count() == 1
    assert "gap by the rules: open or contested 1" in graph.locator("#graph .switches").inner_text()
    assert "What would close it" in rows.inner_text() and rows.locator("a.ref[href*='/thing/derived:judgement-']").count() == 1
    switch.uncheck()
    assert lines.count() == rows.count() == hollow.count() == 0


def test_one_line_of_each_kind_of_evidence_is_drawn_first_and_then_the_strongest(site, visit):
    evidence = ["approved", "used", "gap", "judged", "disputed", "believed", "adverse"]
    small = _drawn(visit(f"{site}/thing/id:baclofen", width=390))
    assert small.locator("#graph .stage .node").count() == 1 + len(evidence)
    assert [kind for kind in evidence if small.locator(f"#graph .stage .edge.{kind}").count()] == evidence
    large = _drawn(visit(f"{site}/thing/id:baclofen", width=1440))
    known = large.evaluate("fetch(document.getElementById('graph').dataset.rows).then(answer => answer.json())")["edges"]
    assert large.locator("#graph .stage .edge.approved").count() == sum(edge["evidence"] == "approved" for edge in known) == 8
    assert large.locator("#graph .stage .edge.trial").count() and large.locator("#graph .why").is_visible()


@pytest.mark.parametrize("suffix", ["svg", "png", "html"])
def test_what_is_seen_is_saved(graph, suffix):
    with graph.expect_download() as saving:
        graph.get_by_role("button", name=f"Save what is seen as {suffix.upper()}").click()
    content = saving.value.path().read_bytes()
    assert saving.value.suggested_filename == f"id-baclofen.{suffix}"
    if suffix == "png":
        assert content.startswith(b"\x89PNG") and len(content) > 20_000
        return
    text = content.decode()
    assert NOT_MEDICAL_ADVICE in text and "may also be" in text
    assert not re.search(r"(?:src|href)=|<script|url\(", text)
    if suffix == "svg":
        ElementTree.fromstring(text)
        return
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in text and " style=" not in text


def test_the_graph_is_read_and_walked_without_a_mouse(graph):
    graph.locator("#graph .stage").focus()
    graph.keyboard.press("Tab")  # which leads to the thing itself, by no other stop
    graph.keyboard.press("ArrowRight")
    said = graph.evaluate("document.activeElement.getAttribute('aria-label')")
    assert "baclofen" in said.lower()
    assert said.split(".")[0] in graph.locator("#graph .told").inner_text()
    while not graph.evaluate("document.activeElement.getAttribute('aria-expanded') === 'false'"):
        graph.keyboard.press("ArrowRight")
    graph.keyboard.press("Enter")
    graph.locator("#graph .told ul").wait_for()
    assert graph.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    graph.keyboard.press("Escape")
    assert graph.locator("#graph .told ul").count() == 0


def test_the_same_steps_draw_the_same_picture(graph):
    drawn = graph.locator("#graph .stage svg")
    first = drawn.inner_html()
    graph.locator("#graph .more").click()
    assert drawn.inner_html() != first
    thing = graph.locator("#graph .stage .node", has_text="Nausea")
    thing.scroll_into_view_if_needed()
    before = thing.bounding_box()
    graph.mouse.move(before["x"] + 5, before["y"] + 5)
    graph.mouse.down()
    graph.mouse.move(before["x"] + 45, before["y"] + 65, steps=3)
    graph.mouse.up()
    assert thing.bounding_box() != before, "it goes where it is pulled"
    graph.get_by_role("button", name="Start again").click()
    assert drawn.inner_html() == first


def test_without_scripts_the_still_picture_stays(lit, visit):
    picture = visit(f"{lit}/thing/id:examplin", scripts=False).locator("#graph img")
    assert picture.get_attribute("src").endswith("/graph/id:examplin.svg") and picture.get_attribute("alt")
    assert picture.evaluate("image => image.naturalWidth") > 100


def test_where_the_rows_cannot_be_had_the_still_picture_stands(lit, visit):
    page = visit(f"{lit}/about", refused="Failed to load resource")
    page.context.route("**/graph/*.json", lambda route: route.fulfill(status=503))
    page.goto(f"{lit}/thing/id:examplin")
    page.locator("#graph a.sheet img").wait_for()


def test_the_still_picture_is_not_asked_for_in_vain(lit, visit):
    page = visit(f"{lit}/about")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    _drawn(page.goto(f"{lit}/thing/id:examplin") and page)
    assert not [url for url in asked if url.endswith(".svg") and "/graph/" in url]


def test_rows_are_json_that_anybody_may_read(site, visit):
    page = visit(f"{site}/graph/id:baclofen.json")
    assert json.loads(page.locator("body").inner_text())["focus"] == "id:baclofen"
