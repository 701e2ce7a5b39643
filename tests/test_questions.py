"""The forty questions: each row of queries/README.md is asked as it stands, and answers as it did when it was reviewed."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from kgtool.errors import WrongUse

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden" / "answers"
ROW = re.compile(r"^\| (\d+) \| (.+?) \| `([a-z-]+)`(?: `(.+?)`)? \|$", re.M)
ROWS = ROW.findall((ROOT / "queries" / "README.md").read_text(encoding="utf-8"))


def test_all_forty_questions_have_a_row():
    assert [int(number) for number, *_ in ROWS] == list(range(1, 41))


@pytest.mark.parametrize(("number", "question", "name", "options"), ROWS, ids=[f"{row[0]}-{row[2]}" for row in ROWS])
def test_the_answer_is_the_reviewed_one(number: str, question: str, name: str, options: str, founding, update_golden: bool):
    words = shlex.split(options)
    given = {words[i].removeprefix("--"): words[i + 1] for i in range(0, len(words), 2)}
    answer = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in founding.ask(name, **given))
    golden = GOLDEN / f"{int(number):02}-{name}.jsonl"
    if update_golden:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(answer, encoding="utf-8")
    assert answer == golden.read_text(encoding="utf-8"), "review the change, then run pytest --update-golden"
    assert answer, f"question {number} must answer, be it that something is unknown"


WITHOUT_POLICY = {
    "compare-policies": "takes two", "identifiers": "asks of mappings", "places": "asks of one claim, whoever makes it",
}


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "queries" / "ask").glob("*.rq")))
def test_every_question_takes_a_policy(name: str, founding):
    params = [param.name for param in founding.questions[name].params]
    assert ("policy" in params) != (name in WITHOUT_POLICY)


COUNTED = """SELECT ?claim {
  id:policy-%s kg:countsSourceType ?type . ?claim kg:saidIn/prov:specializationOf/kg:sourceType ?type }"""
ABOUT_CLAIMS = ("claims-of", "claims-about", "hedged-claims", "in-context", "mechanism", "trial-facts", "what-is")


@pytest.mark.parametrize("policy", ["default", "everything-said", "regulators-only", "peer-reviewed-only"])
@pytest.mark.parametrize("name", ABOUT_CLAIMS)
def test_a_policy_narrows_claims_to_those_of_sources_that_count(name: str, policy: str, founding):
    counted = {row["claim"] for row in founding.query(COUNTED % policy)}
    all_rows = [dict(row) for row in founding.ask(name, source="any")]
    assert [dict(row) for row in founding.ask(name, source="any", policy=policy)] == [
        row for row in all_rows if row["claim"] in counted
    ]


@pytest.mark.parametrize("name", ABOUT_CLAIMS)
def test_no_row_comes_twice_where_any_source_is_asked_for(name: str, founding):
    rows = [json.dumps(row) for row in founding.ask(name, source="any")]
    assert len(rows) == len(set(rows)) > 0


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "queries" / "ask").glob("*.rq")))
def test_any_is_answered_or_refused_with_what_to_name(name: str, founding):
    for param in founding.questions[name].params:
        try:
            founding.ask(name, **{param.name: "any"})
        except WrongUse as error:
            assert "name " in str(error)
