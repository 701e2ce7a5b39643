"""The forty questions: each row of queries/README.md is asked as it stands, and answers as it did when it was reviewed."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

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
