"""The SPARQL page in a real browser: completed from this graph alone, run, read, drawn, and shared."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from conftest import faults

from kgtool.terms import ID

GIVEN_BY = "SELECT ?route { id:baclofen kg:administeredBy ?route } ORDER BY ?route"
COUNTED = ("SELECT ?relation (COUNT(?claim) AS ?claims) { ?claim rdf:predicate ?relation ; kg:saidIn ?version } "
           "GROUP BY ?relation ORDER BY DESC(?claims) ?relation")
TRIPLES = ("CONSTRUCT { ?drug ?relation ?thing } { ?claim rdf:subject ?drug ; rdf:predicate ?relation ; rdf:object ?thing ; "
           "kg:saidIn id:smanewstoday-baclofen-v1 . ?thing rdfs:label ?label }")
NOW = ".tabPanel.active "


@pytest.fixture
def asked(site, visit):
    """The page with a query that came in its address, answered."""
    def asked(query: str, **more):
        page = visit(f"{site}/query?query={quote(query)}", **more)
        page.locator(NOW + ".yasr_results > *").first.wait_for()
        return page
    return asked


def write(page, query: str) -> None:
    page.locator(NOW + ".yasqe .CodeMirror").evaluate("(editor, query) => editor.CodeMirror.setValue(query)", query)


def test_rows_go_by_their_labels_and_lead_to_their_pages(asked):
    page = asked(GIVEN_BY)
    link = page.locator(NOW + ".answer a", has_text=re.compile("^oral$"))
    link.wait_for()
    link.click()
    page.wait_for_url("**/thing/NCIT:C38288")


def test_the_editor_shows_that_it_has_the_keys_and_lets_them_go(site, visit):
    page = visit(f"{site}/query")
    editor = page.locator(NOW + ".yasqe .CodeMirror")
    editor.click()
    before = editor.evaluate("editor => editor.CodeMirror.getValue()")
    assert editor.evaluate("editor => getComputedStyle(editor).outlineStyle") == "solid"
    for key in ("Tab", "Shift+Tab"):
        editor.click()
        page.keyboard.press(key)
        page.keyboard.press(key)  # Chromium goes over what scrolls in it as well
        assert not editor.evaluate("editor => editor.contains(document.activeElement)"), key
    assert editor.evaluate("editor => editor.CodeMirror.getValue()") == before


def test_rows_are_found_again_and_sorted(asked):
    page = asked(COUNTED)
    rows = page.locator(NOW + ".answer tbody tr")
    page.get_by_role("button", name="claims", exact=True).click()
    counts = [int(text) for text in page.locator(NOW + ".answer tbody td:last-child").all_inner_texts()]
    assert counts == sorted(counts) and len(counts) > 20
    page.get_by_label("Find in these rows").fill("approvedFor")
    assert rows.count() == 1


def test_bars_are_as_wide_as_the_screen_has_room_for(asked):
    page = asked(COUNTED, width=390)
    page.get_by_role("tab", name="Chart").or_(page.get_by_role("button", name="Chart")).locator("visible=true").click()
    bars = page.locator(NOW + "svg.bars")
    assert bars.bounding_box()["x"] + bars.bounding_box()["width"] <= 390
    assert bars.locator("text").first.evaluate("text => parseFloat(getComputedStyle(text).fontSize)") >= 12
    assert bars.evaluate("svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width") == pytest.approx(1, abs=.02)


def test_a_query_is_typed_run_and_shared(site, visit):
    page = visit(f"{site}/query")
    write(page, GIVEN_BY)
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator(NOW + ".answer tbody tr").first.wait_for()
    page.get_by_role("button", name="Link to this query").click()
    page.wait_for_url("**/query?query=**")
    other = visit(page.url)
    other.locator(NOW + ".answer tbody tr").first.wait_for()
    assert other.locator(NOW + ".answer tbody tr").count() == page.locator(NOW + ".answer tbody tr").count()


def test_a_link_opens_where_other_queries_were_kept_from_earlier_visits(asked):
    page = asked(GIVEN_BY)
    for query in (COUNTED, "#+ title: Whether it is one\nASK { id:baclofen a kg:Drug }", GIVEN_BY):
        page.goto(f"{page.url.split('?')[0]}?query={quote(query)}")
        page.locator(NOW + ".yasr_results > *").first.wait_for()
    tabs = page.locator(".tabsList .tab").count()
    assert tabs == 4 and page.locator(NOW + ".answer tbody tr").count() > 1, "a query that is open already has no second tab"


def test_a_long_query_is_shared_behind_the_hash(site, visit):
    page = visit(f"{site}/query")
    write(page, GIVEN_BY + "\n# " + "long " * 900)
    page.get_by_role("button", name="Link to this query").click()
    page.wait_for_url("**/query#query=**")
    page.reload()
    page.locator(NOW + ".answer tbody tr").first.wait_for()


def test_the_editor_completes_from_this_graph(site, visit):
    page = visit(f"{site}/query")
    write(page, "PREFIX kg: <https://w3id.org/kgtool/vocab#>\nSELECT * { ?drug kg:approvedF")
    editor = page.locator(NOW + ".yasqe .CodeMirror")
    editor.evaluate("editor => { editor.CodeMirror.focus(); editor.CodeMirror.setCursor(1, 99); }")
    page.keyboard.press("Control+Space")
    hint = page.locator(".CodeMirror-hint").first
    hint.wait_for()
    assert "kg:approvedFor" in hint.inner_text()
    write(page, "SELECT * { ?drug a ")
    editor.evaluate("editor => editor.CodeMirror.setCursor(0, 99)")
    page.keyboard.type("kg:")  # its prefix declares itself
    assert "PREFIX kg: <https://w3id.org/kgtool/vocab#>" in editor.evaluate("editor => editor.CodeMirror.getValue()")


def test_an_example_question_runs(site, visit):
    page = visit(f"{site}/query")
    page.get_by_label("Example questions").select_option("side-effects")
    page.locator(NOW + ".answer tbody").get_by_text("Nausea").first.wait_for()


def test_without_scripts_a_query_is_asked_by_a_form(site, visit):
    page = visit(f"{site}/query", scripts=False, width=390)
    assert "Ctrl" not in page.locator("main").inner_text()
    page.get_by_label("Query").fill("SELECT ?drug { ?drug a kg:Drug }")
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("link", name="baclofen", exact=True).wait_for()
    assert page.get_by_label("Query").input_value() == "SELECT ?drug { ?drug a kg:Drug }"
    page.get_by_label("Answer as").select_option("csv")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Ask").click()
    assert saving.value.path().read_text().splitlines() == ["drug", f"{ID}baclofen"]


def test_a_mistake_is_told_in_a_plain_sentence(asked):
    page = asked("SELECT * { ?thing kgg:approvedFor ?use }", refused="400")
    told = page.get_by_role("alert").inner_text()
    assert "prefix kgg: is not declared; did you mean" in told and "line 1" in told


def test_a_costly_form_is_told_beside_the_editor_with_a_good_one(site, visit):
    page = visit(f"{site}/query")
    write(page, "SELECT * { ?drug a kg:Drug OPTIONAL { ?drug rdfs:label ?label ; kg:usedFor ?use } }")
    hints = page.locator(NOW + ".hints li")
    hints.wait_for()
    assert "OPTIONAL { ?drug rdfs:label ?label . ?drug kg:usedFor ?use }" in hints.inner_text()
    assert "Instead: OPTIONAL { ?drug rdfs:label ?label OPTIONAL { ?drug kg:usedFor ?use } }" in hints.inner_text()
    assert faults(page) == []
    write(page, GIVEN_BY)
    hints.wait_for(state="detached")


def test_what_cannot_be_looked_through_for_its_cost_is_told(site, visit):
    page = visit(f"{site}/query")
    write(page, "SELECT * { ?claim ?states <<( ?drug kg:treats ?sign )>> }")
    told = page.locator(NOW + ".hints .quiet")
    told.wait_for()
    assert told.inner_text() == ("Not looked through for what is costly: only queries of SPARQL 1.1 are explained, "
                                 "with LATERAL and without triple terms.")
    assert faults(page) == []


def test_what_is_wrong_is_told_while_it_is_written_and_its_line_is_marked(site, visit):
    page = visit(f"{site}/query", refused="400")
    write(page, "SELECT ?drug {\n  ?drug a kg:Drug .\n  ?drug kgg:usedFor ?use\n}")
    told = page.locator(NOW + ".hints .wrong")
    told.wait_for()
    assert told.inner_text() == "Line 3: the prefix kgg: is not declared; did you mean kg?"
    marked = page.locator(NOW + ".wrong-line").bounding_box()
    third = page.locator(NOW + ".CodeMirror-line", has_text="kgg:usedFor").bounding_box()
    assert abs(marked["y"] - third["y"]) < 6
    write(page, GIVEN_BY)
    told.wait_for(state="detached")
    assert page.locator(NOW + ".wrong-line").count() == 0


def test_where_the_readers_colours_rule_the_kinds_of_words_and_what_is_selected_are_still_told(asked):
    page = asked(f"# how it is given\n{GIVEN_BY}")
    page.emulate_media(forced_colors="active")
    looks = page.evaluate("""() => Object.fromEntries(['cm-keyword', 'cm-comment'].map(kind => {
        const word = document.querySelector(`.tabPanel.active .CodeMirror-line .${kind}`), look = word && getComputedStyle(word);
        return [kind, look && [look.color, look.fontWeight, look.fontStyle]];
    }))""")
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert looks["cm-keyword"] == [ink, "700", "normal"] and looks["cm-comment"] == [ink, "400", "italic"]
    line = page.locator(NOW + ".CodeMirror-line").first
    assert line.evaluate("line => getComputedStyle(line).forcedColorAdjust") == "none", "no ground hides what is selected"


def test_what_is_countable_is_a_chart(asked):
    page = asked(COUNTED)
    page.get_by_role("button", name="Shows Chart view").click()
    bars = page.locator(NOW + ".bars")
    bars.wait_for()
    assert bars.locator("rect").count() > 20
    assert re.match(r"addresses the use for: \d+; ", bars.get_attribute("aria-label"))
    page.get_by_label("as long as").select_option("how often it occurs")
    assert set(bars.locator(".length").all_text_contents()) == {"1"}


def test_triples_are_a_picture_of_their_evidence(asked):
    page = asked(TRIPLES)
    page.get_by_role("button", name="Shows Picture view").click()
    page.locator("#graph.live .stage .node").first.wait_for()
    assert page.locator("#graph .stage .edge.approved").count() and page.locator("#graph .stage .node.gap").count()
    page.locator("#graph .stage .node", has_text="GABA receptor").click()
    page.locator("#graph .told ul").wait_for()


def test_rows_are_saved(asked):
    page = asked(GIVEN_BY)
    with page.expect_download() as saving:
        page.locator(NOW + ".yasr_downloadIcon").click()
    assert saving.value.path().read_text().splitlines()[0] == "route"


def test_a_yes_or_no_is_shown(asked):
    assert "True" in asked("ASK { id:baclofen a kg:Drug }").locator(NOW + ".yasr_results").inner_text()


def test_results_are_accessible_and_fit_a_narrow_screen(asked):
    page = asked(COUNTED, width=390, scheme="dark")
    page.locator(NOW + ".answer .curie").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults(page) == []
    page.get_by_role("button", name="Shows Chart view").click()
    page.locator(NOW + ".bars").wait_for()
    assert faults(page) == []


def test_markup_in_a_literal_stays_text(asked):
    page = asked('SELECT ("<img src=x onerror=alert(1)><b>bold</b>" AS ?text) {}')
    assert "<b>bold</b>" in page.locator(NOW + ".answer").inner_text()
    assert page.locator(NOW + ".answer img, " + NOW + ".answer b").count() == 0
