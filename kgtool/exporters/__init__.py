"""The graph handed on: one function a format, each from the same selection, each giving the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable

from kgtool.errors import WrongUse, check_text
from kgtool.exporters import graphml, jsonld, rdf_files, tables
from kgtool.exporters.selection import Selection, described, select
from kgtool.terms import did_you_mean

__all__ = ["EXPORTERS", "Selection", "described", "select", "write"]

EXPORTERS: dict[str, Callable[[Selection], bytes]] = {
    ".ttl": rdf_files.turtle,
    ".trig": rdf_files.trig,
    ".nt": rdf_files.n_triples,
    ".nq": rdf_files.n_quads,
    ".rdf": rdf_files.rdf_xml,
    ".jsonld": jsonld.json_ld,
    ".graphml": graphml.graphml,
    ".csv": tables.csv_table,
    ".tsv": tables.tsv_table,
}


def write(selection: Selection, suffix: str) -> bytes:
    """The selection in the format that a file name's ending asks for, dot included."""
    check_text("a suffix", suffix)
    exporter = EXPORTERS.get(suffix)
    if exporter is None:
        hint = did_you_mean(suffix, EXPORTERS)
        known = f"known are {', '.join(EXPORTERS)}"
        raise WrongUse(f"no export format ends in {suffix or 'nothing'}; {f'{hint} {known}' if hint else known}")
    return exporter(selection)
