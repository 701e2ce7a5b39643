"""SHACL on an RDF store: shapes are compiled to SPARQL queries that find every violation.

    run            validate(): shapes → queries → results
    results, expectations
                   what is found, in words and as a report in RDF
    compile        which queries, in as few scans as possible
    constraints, values, writer
                   a constraint → an expression that is true where it is violated
    sparql, chains, joins, tokens
                   somebody's own SPARQL: checked, pre-bound, made fast
    parse, parameters, components, rules
                   a shapes graph → records, or what is ill-formed about it
    shapes, paths  the records
    files, bulk, turtle
                   RDF files by anybody, read or taken as they are; a report in Turtle
    literals       what somebody wrote, kept through a store that normalises
    reads, patterns, changes
                   what a verdict may depend on, and a new one after a change
    unseen         what no shape looks at
    endpoint, afar data behind a SPARQL endpoint, judged as far as it answers
    index, problems
                   the shapes graph, looked up; the errors

All tests of the W3C pass. README.md beside this file says where pySHACL differs, and by which clause of the standard.
"""

from kgtool.shacl.changes import Verdict, affected, around, revised, verdict, worth_it
from kgtool.shacl.endpoint import Endpoint, NotHere
from kgtool.shacl.index import Triples
from kgtool.shacl.literals import Data, Forms, as_written, change, load, restored, stored
from kgtool.shacl.problems import ShapesError, Unsupported
from kgtool.shacl.results import Result, report
from kgtool.shacl.run import Outcome, faults, focus_counts, judge, reached, validate

__all__ = [
    "Data",
    "Endpoint",
    "Forms",
    "NotHere",
    "Outcome",
    "Result",
    "ShapesError",
    "Triples",
    "Unsupported",
    "Verdict",
    "affected",
    "around",
    "as_written",
    "change",
    "faults",
    "focus_counts",
    "judge",
    "load",
    "reached",
    "report",
    "restored",
    "revised",
    "stored",
    "validate",
    "verdict",
    "worth_it",
]
