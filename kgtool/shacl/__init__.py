"""SHACL on an RDF store: shapes are compiled to SPARQL queries that find every violation.

    run            validate(): shapes → queries → results
    results, expectations
                   what is found, in words and as a report in RDF
    compile        which queries, in as few scans as possible
    constraints, values, writer
                   a constraint → an expression that is true where it is violated
    sparql, chains, tokens
                   somebody's own SPARQL: checked, pre-bound, made fast
    parse, parameters, components, rules
                   a shapes graph → records, or what is ill-formed about it
    shapes, paths  the records
    literals       what somebody wrote, kept through a store that normalises
    index, problems
                   the shapes graph, looked up; the errors
"""

from kgtool.shacl.literals import Data, load, stored
from kgtool.shacl.problems import ShapesError, Unsupported
from kgtool.shacl.results import Result, report
from kgtool.shacl.run import Outcome, focus_counts, judge, validate

__all__ = [
    "Data",
    "Outcome",
    "Result",
    "ShapesError",
    "Unsupported",
    "focus_counts",
    "judge",
    "load",
    "report",
    "stored",
    "validate",
]
