"""The claims as a table, one row a claim, as CSV for spreadsheets and as TSV for programs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal

from kgtool.claim import Claim
from kgtool.exporters.selection import Selection
from kgtool.terms import NOT_MEDICAL_ADVICE, Prefixes, Term

COLUMNS = (
    "claim", "kind", "subject", "subject_label", "relation", "relation_label", "object", "object_label", "qualifiers",
    "polarity", "modality", "hedge_cue", "list", "depends_on", "source_version", "source", "start", "end", "words",
    "notice",
)
# every character at which some program begins a new line or column, and those that show nothing
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_FORMULA = re.compile("[=+@＝＋－＠-]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def csv_table(selection: Selection) -> bytes:
    """Quoted as in RFC 4180, but with lines ending in LF alone, as line tools and version control want them.

    A cell that a spreadsheet would run as a formula begins with an apostrophe; the RDF formats hold it as it was.
    """
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_harmless, row) for row in _rows(selection))
    return lines.getvalue().encode()


def tsv_table(selection: Selection) -> bytes:
    """Nothing is quoted, and nothing need be: no cell holds a tab or the end of a line."""
    rows = [COLUMNS, *_rows(selection)]
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _rows(selection: Selection) -> Iterator[list[str]]:
    for claim in sorted(selection.claims, key=lambda claim: claim.iri):
        yield [_BREAKS.sub(" ", cell) for cell in _cells(claim, selection)]


def _cells(claim: Claim, selection: Selection) -> Iterable[str]:
    show, short = selection.prefixes.show, selection.prefixes.contract
    said, place = claim.proposition, claim.passage
    return (
        short(claim.iri), short(claim.kind),
        show(said.subject), _label(said.subject, selection),
        show(said.predicate), _label(said.predicate, selection),
        show(said.object), _label(said.object, selection),
        "; ".join(_qualifier(*qualifier, selection.prefixes) for qualifier in said.qualifiers),
        short(claim.polarity), short(claim.modality),
        claim.hedge_cue or "", short(claim.list_completeness or ""),
        "; ".join(sorted(map(short, claim.depends_on))),
        short(claim.version), short(selection.sources.get(claim.version, "")),
        str(place.start) if place else "", str(place.end) if place else "",
        claim.in_own_words, NOT_MEDICAL_ADVICE,
    )


def _label(term: Term, selection: Selection) -> str:
    return "" if isinstance(term, Literal) else selection.labels.get(term.value, "")


def _qualifier(predicate: Term, value: Term, prefixes: Prefixes) -> str:
    shown = prefixes.show(value)
    if ";" in shown or '"' in shown:
        shown = json.dumps(shown, ensure_ascii=False)  # else the list could be taken apart wrongly
    return f"{prefixes.show(predicate)}={shown}"
