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
    files, turtle  RDF files by anybody; a report in Turtle
    literals       what somebody wrote, kept through a store that normalises
    reads, patterns, changes
                   what a verdict may depend on, and a new one after a change
    endpoint       data behind a SPARQL endpoint
    index, problems
                   the shapes graph, looked up; the errors

All tests of the W3C pass. Where this engine and pySHACL differ, the standard (https://www.w3.org/TR/shacl/) has it so:

  - values without an order violate sh:minInclusive and its kind, as the comparison is an error (section 4.3)
  - a pair without an order violates sh:lessThan, once for each pair (section 4.5.3)
  - the inverse of a sequence goes through it backwards (section 2.3.1.4)
  - each solution of a SELECT is a result, the same twice being two (section 5.3.2)
  - a SELECT validator is run with $this and the parameters bound, not with ?value (section 6.2.3)
  - the value that an ASK validator refuses is the sh:value of the result (section 6.3)
"""

from kgtool.shacl.changes import Verdict, affected, revised, verdict
from kgtool.shacl.endpoint import Endpoint, NotHere
from kgtool.shacl.index import Triples
from kgtool.shacl.literals import Data, change, load, restored, stored
from kgtool.shacl.problems import ShapesError, Unsupported
from kgtool.shacl.results import Result, report
from kgtool.shacl.run import Outcome, faults, focus_counts, judge, validate

__all__ = [
    "Data",
    "Endpoint",
    "NotHere",
    "Outcome",
    "Result",
    "ShapesError",
    "Triples",
    "Unsupported",
    "Verdict",
    "affected",
    "change",
    "faults",
    "focus_counts",
    "judge",
    "load",
    "report",
    "restored",
    "revised",
    "stored",
    "validate",
    "verdict",
]
