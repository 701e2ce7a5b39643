"""The evidence map says of each use what the judgements say, no more and no less."""

from __future__ import annotations

import json

import pytest

from kgtool.analysis import matrix
from kgtool.errors import WrongUse

MONDO, HP = "http://purl.obolibrary.org/obo/MONDO_", "http://purl.obolibrary.org/obo/HP_"
SMA, MS, SPASTICITY = f"{MONDO}0001516", f"{MONDO}0005301", f"{HP}0001257"


def cell(made: matrix.Matrix, sign: str, disease: str) -> matrix.Cell:
    (found,) = (cell for cell in made.cells if (cell.condition.sign, cell.condition.disease) == (sign, disease))
    return found


@pytest.fixture(scope="module")
def whole(founding) -> matrix.Matrix:
    return founding.matrix()


def test_a_cell_holds_status_evidence_gap_and_disputes(whole):
    sma, ms = cell(whole, SPASTICITY, SMA), cell(whole, SPASTICITY, MS)
    assert (sma.gap, sma.in_them, sma.certainty) == ("open", 0, "very low") and sma.gaps
    assert (ms.gap, ms.status, ms.supports > 0, ms.in_them > 0) == ("", "ON", True, True)
    assert all(status.only_if for status in sma.statuses) and sma.disputed and sma.claims
    assert sma.condition.label == "Spasticity in spinal muscular atrophy"


def test_every_status_of_a_use_is_in_its_cell(founding, whole):
    asked = founding.query("""SELECT (COUNT(*) AS ?n) { ?j a kg:LabelStatus ; kg:policy id:policy-default ;
        kg:release id:hierarchy-mondo-2024-07 . FILTER EXISTS { ?j kg:ofSign|kg:ofDisease ?of } }""")
    assert sum(len(cell.statuses) for cell in whole.cells) == next(iter(asked))["n"] > 0


def test_every_gap_in_a_disease_and_every_line_of_evidence_is_in_a_cell(founding, whole):
    gaps = founding.query("SELECT ?j { ?j a kg:GapStatus ; kg:policy id:policy-default ; kg:ofDisease ?d }").rows
    lines = founding.query("SELECT ?j { ?j a kg:EvidenceLine ; kg:policy id:policy-default }").rows
    assert {gap.value for gap, in gaps} == {gap for cell in whole.cells for gap in cell.gaps}
    assert {line.value for line, in lines} <= {line for cell in whole.cells for line in cell.evidence}


def test_a_hierarchy_and_a_jurisdiction_change_what_a_label_says(founding):
    oral = {
        name: {s.verdict for s in cell(founding.matrix("default", "US", name), SPASTICITY, SMA).statuses if "tablet" in s.product}
        for name in ("mondo-2024-07", "doid")
    }
    assert oral == {"mondo-2024-07": {"HEDGED"}, "doid": {"OFF"}}
    assert {s.jurisdiction for c in founding.matrix(jurisdiction="Japan").cells for s in c.statuses} == \
        {"https://w3id.org/kgtool/id/japan"}


def test_a_policy_counts_its_own_claims_and_keeps_the_uses_of_others(founding):
    strict = founding.matrix("regulators-only")
    sma = cell(strict, SPASTICITY, SMA)
    assert (sma.claims, sma.supports, sma.gap) == ((), 0, "") and sma.statuses
    assert {(c.drug, c.condition) for c in strict.cells} <= {(c.drug, c.condition) for c in founding.matrix().cells}


def test_a_graph_without_labels_or_hierarchies_has_a_map(built_world):
    from kgtool import graph

    made = graph.open(built_world).matrix()
    assert made.cells and not any(cell.gap for cell in made.cells if cell.certainty)


def test_unknown_names_are_told(founding):
    with pytest.raises(WrongUse, match="nothing here is called 'Atlantis'; there are"):
        founding.matrix(jurisdiction="Atlantis")
    with pytest.raises(WrongUse, match="nothing here is called 'mondoo'"):
        founding.matrix(hierarchy="mondoo")


def test_the_command_gives_one_row_a_cell(run_built):
    done = run_built("matrix", "-f", "jsonl")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert tuple(rows[0]) == matrix.COLUMNS and rows == sorted(rows, key=lambda row: (row["drug"], row["condition"]))
    assert run_built("matrix", "--policy", "nobody").returncode == 2


def test_the_map_of_one_drug_is_its_row_of_the_whole(founding, whole):
    assert founding.matrix(drugs=["baclofen"]).cells == tuple(c for c in whole.cells if c.drug.endswith("/baclofen"))
    with pytest.raises(WrongUse, match="'spasticity' among kg:Drug"):
        founding.matrix(drugs=["spasticity"])
