"""The founding article's 53 facts come back as the normative table has them, and nothing it does not say does."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from kgtool.errors import DataError
from kgtool.texts import add

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("KGTOOL_SHARED", ROOT.parent / "shared"))
TABLE = SHARED / "sources" / "smanewstoday-baclofen.facts.tsv"
VERSION = "smanewstoday-baclofen-v1"

# Named in the literature on baclofen, but not on the page; a claim of the page with one of them would be invented.
NEVER_SAID = {
    "the word off-label": r"off.?label",
    "which GABA receptor": r"gaba.?b|gabbr|type b",
    "a dose": r"\b\d+(\.\d+)? ?(mg|mcg|µg|g|ml)\b|\bdos(e|es|age|ing)\b(?! form)",
    "the sponsor or the authors of the trial": r"sponsor|funded|\bauthors?\b",
    "a date": r"\b(19|20)\d\d\b|january|february|november",
    "the gene": r"smn1|survival motor",
    "how often a side effect comes": r"%|percent|common|frequently|rare side|incidence of side",
    "a product": r"lioresal|gablofen|ozobax|fleqsuvy|lyvispah|kemstro",
}


def facts() -> list[dict[str, str]]:
    if not TABLE.is_file():
        return []
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="session")
def claims(run_founding) -> dict[str, dict]:
    """The article's claims by the label of their fact, as the command line gives them."""
    done = run_founding("ask", "claims-of", "--source", VERSION, "-f", "jsonl")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["claim"].removeprefix(f"claim:{VERSION}-").upper(): row for row in rows}


@pytest.mark.skipif(not TABLE.is_file(), reason="the normative table of facts is not at hand")
def test_there_are_exactly_the_facts_of_the_table(claims):
    assert sorted(claims) == sorted(fact["id"] for fact in facts())
    assert len(claims) == 53


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact["id"])
def test_each_fact_comes_back_as_the_table_has_it(claims, fact):
    claim = claims[fact["id"]]
    assert (claim["start"], claim["end"]) == (int(fact["start"]), int(fact["end"]))
    assert claim["kind"] == fact["kind"]
    assert claim["subject"] == fact["subject"]
    assert claim["relation"] == fact["relation"]
    assert said(claim["object"]) == meant(fact["object"])
    assert claim["polarity"] == fact["polarity"]
    assert claim["modality"] == fact["modality"]
    assert (claim["hedge"] or "") == fact["cue"]
    assert (claim["list"] or "") == fact["list"]
    assert named(claim["dependsOn"]) == sorted(fact["dependsOn"].split())


@pytest.mark.parametrize("fact", [fact for fact in facts() if fact["qualifiers"]], ids=lambda fact: fact["id"])
def test_each_qualifier_of_the_table_is_there(founding, claims, fact):
    """By number, since the table spells some of them in words: every kg: part but what follows from others."""
    wanted = [part for part in fact["qualifiers"].split("; ") if part.startswith("kg:")]
    got = (claims[fact["id"]]["qualifiers"] or "").split("; ")
    for part in wanted:
        label = founding.show_term(term(founding, part.split()[0]))
        assert any(one.startswith(f"{label}: ") for one in got), f"{part} is not among {got}"


def test_the_conditions_in_context_are_the_sign_within_the_disease(founding):
    rows = {row["condition"]: (row["sign"], row["disease"]) for row in founding.ask("in-context", source=VERSION)}
    assert rows["id:spasticity-in-ms"] == ("HP:0001257", "MONDO:0005301")
    assert rows["id:spasticity-in-sma"] == ("HP:0001257", "MONDO:0001516")


@pytest.mark.parametrize("unsaid", NEVER_SAID)
def test_no_claim_of_the_article_says(claims, founding, unsaid):
    for claim in claims.values():
        words = " ".join(str(claim[part]) for part in ("subject", "relation", "object", "qualifiers", "words", "hedge"))
        ends = [str(claim[end]) for end in ("subject", "object")]
        labels = [founding.show_term(term(founding, end)) for end in ends if ":" in end]
        found = re.search(NEVER_SAID[unsaid], " ".join([words, *labels]), re.I)
        assert not found, f"{claim['claim']}: {found}"


def test_a_side_effect_of_the_article_has_no_frequency(claims):
    effects = [claim for claim in claims.values() if claim["relation"] == "kg:hasSideEffect"]
    assert [claim["qualifiers"] for claim in effects] == [None] * 5


def test_the_trial_has_no_route_and_no_dose(claims):
    of_trial = {claim["relation"] for claim in claims.values() if claim["subject"] == "id:baclofen-ms-trial"}
    assert of_trial == {
        "schema:trialDesign", "kg:duration", "kg:enrolment", "kg:population", "kg:intervention", "kg:comparator",
        "kg:publishedIn", "kg:showedEffectOn", "kg:sideEffectSeverity", "kg:sideEffectCourse",
    }


def test_what_is_not_known_is_a_gap_and_no_denial(claims):
    gaps = {fact for fact, claim in claims.items() if claim["kind"] == "GapClaim"}
    assert gaps == {"F24", "F30"}
    assert {claim["polarity"] for claim in claims.values()} == {"affirmed"}


def test_every_passage_stands_in_the_articles_text(founding, article, kgtool, tmp_path):
    confirmed = kgtool(founding.project, "sources", "add", article, KGTOOL_CACHE=str(tmp_path))
    assert confirmed.returncode == 0, confirmed.stderr
    checked = kgtool(founding.project, "sources", "check", KGTOOL_CACHE=str(tmp_path))
    assert f"id:{VERSION}: 53 of 53 passages confirmed" in checked.stdout
    assert checked.returncode == 0, checked.stdout


def test_a_fact_is_shown_lit_in_its_sentence_where_the_text_is_at_hand(founding, article, kgtool, tmp_path):
    kgtool(founding.project, "sources", "add", article, KGTOOL_CACHE=str(tmp_path))
    why = kgtool(founding.project, "why", f"{VERSION}-f10", KGTOOL_CACHE=str(tmp_path)).stdout
    assert "▸" in why and "◂" in why
    assert "text not at hand" not in why


def test_without_a_text_checking_says_so_and_is_no_failure(run_founding):
    done = run_founding("sources", "check")
    assert f"id:{VERSION}: text not at hand, 53 passages not checked" in done.stdout
    assert done.returncode == 0


def test_without_a_text_that_is_required_checking_fails(run_founding):
    done = run_founding("sources", "check", "--require-text")
    assert done.returncode == 1
    assert "kgtool sources add FILE" in done.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw.replace(b"\n", b"\r\n"), "its line ends are those of Windows"),
        (lambda raw: b"\xef\xbb\xbf" + raw, "it has a byte order mark"),
        (lambda raw: raw + b"\n", "it has a newline too many at its end"),
        (lambda raw: raw.rstrip(b"\n"), "it lacks the newline at its end"),
        (lambda raw: raw.decode().encode("utf-16"), "give the exact bytes of a version"),
        (lambda raw: raw.replace("\u00a0".encode(), b" "), "were no-break spaces or typographic quotes replaced"),
        (lambda raw: raw.replace(b"calmer", b"sedative"), "give the exact bytes of a version"),
        (lambda raw: b"", "give the exact bytes of a version"),
    ],
    ids=["Windows line ends", "a byte order mark", "a newline too many", "a newline too few", "UTF-16",
         "ordinary spaces", "another word", "nothing"],
)
def test_a_text_with_changed_bytes_is_refused_and_told_why(run, page, tmp_path, change, said):
    changed = tmp_path / "changed.txt"
    changed.write_bytes(change(page.read_bytes()))
    done = run("sources", "add", changed)
    assert done.returncode == 2
    assert said in done.stderr
    assert "text not at hand" in run("sources", "check").stdout


def test_a_text_is_known_by_its_bytes_whatever_its_file_is_called(run, page, tmp_path):
    (tmp_path / "download (3).html").write_bytes(page.read_bytes())
    assert "is the page, version 1" in run("sources", "add", tmp_path / "download (3).html").stderr
    assert run("sources", "check").stdout == "id:page-v1: 7 of 7 passages confirmed\n"
    assert "yes" in run("sources", "list").stdout


def test_a_kept_text_that_has_changed_since_is_not_used(run, world, page):
    run("sources", "add", page)
    (kept,) = world.texts.iterdir()
    kept.write_bytes(page.read_bytes().replace(b"mouth", b"nose"))
    done = run("sources", "check")
    assert done.returncode == 2
    assert "has changed since it was added; remove it and add the text again" in done.stderr


def test_a_claim_cut_out_of_a_denial_is_found(run, world, page):
    """Its words stand in the text, but the text says the opposite."""
    run("sources", "add", page)
    file = world.root / "graph_data" / "claims" / "page-v1.ttl"
    place = run("cite", "page-v1", "is not known").stdout
    text = file.read_text(encoding="utf-8")
    for gap, flat in (("kg:GapClaim", "kg:Claim"), ("kg:notKnown", "kg:hasQuality"), ("kg:unknownStated", "kg:flat")):
        text = text.replace(gap, flat)
    file.write_text(text, encoding="utf-8")
    done = run("sources", "check")
    assert done.returncode == 1
    assert 'claim:page-v1-gap: is affirmed, but its passage is denied by "not" in it' in done.stdout
    assert "denied by “not”" in place


def test_a_missing_file_is_no_text(run):
    done = run("sources", "add", "nowhere.txt")
    assert (done.returncode, done.stderr) == (2, "error: nowhere.txt: there is no such file\n")


def test_a_version_without_a_digest_takes_no_text(founding, tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    with pytest.raises(DataError, match="is the text of no source version here"):
        add(tmp_path / "empty.txt", founding.versions(), tmp_path / "texts")


def term(graph, curie: str):
    iri = graph.store.prefixes.expand(curie)
    return NamedNode(iri) if iri else Literal(curie)


def meant(cell: str) -> str:
    """The object of the table without its remarks; a text of our own words is only known to be one."""
    if cell.startswith("(our own words"):
        return "a text"
    if cell.startswith('"'):
        return cell.split('"')[1]
    return cell.split()[0]


def said(value: str | int) -> str:
    is_text = isinstance(value, str) and " " in value
    return "a text" if is_text else str(value)


def named(depends_on: str | None) -> list[str]:
    return sorted(name.removeprefix(f"{VERSION}-").upper() for name in (depends_on or "").split())
