"""The names of things: absolute inside, compact (CURIEs) at the edges, suggestions for typing errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Term = NamedNode | Literal | BlankNode | Triple

BASE = "https://w3id.org/kgtool/"
KG = BASE + "vocab#"
ID = BASE + "id/"
CLAIM = BASE + "claim/"
GRAPH = BASE + "graph/"
DERIVED = BASE + "derived/"
JUDGEMENT = DERIVED + "judgement-"
MATTER_LETTERS = 16  # of the name of a judgement, which tell what is judged; what follows tells how
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PROV = "http://www.w3.org/ns/prov#"
OA = "http://www.w3.org/ns/oa#"
VOID = "http://rdfs.org/ns/void#"
DCTERMS = "http://purl.org/dc/terms/"
SH = "http://www.w3.org/ns/shacl#"
SCHEMA = "https://schema.org/"

CLAIM_KINDS = (KG + "Claim", KG + "GapClaim", KG + "LabelClaim")

# Queries see this policy's plain edges without asking; the others' stand in their own graphs only.
DEFAULT_POLICY = ID + "policy-default"

NOT_MEDICAL_ADVICE = (
    "Not medical advice: this graph records what sources say, for research; it must not guide treatment."
)

_MOST_DIGITS = 18  # of a number of people, years or products: what has more is none
_LOCAL = re.compile(r"[\w%]([\w.%-]*[\w%-])?\Z")


class Prefixes(Mapping[str, str]):
    """Prefix → namespace; expands CURIEs and contracts IRIs to the longest namespace that fits.

    >>> prefixes = Prefixes({"kg": KG, "id": ID})
    >>> prefixes.expand("kg:usedFor")
    'https://w3id.org/kgtool/vocab#usedFor'
    >>> prefixes.contract("https://w3id.org/kgtool/id/baclofen")
    'id:baclofen'
    """

    def __init__(self, namespaces: Mapping[str, str]):
        self._namespaces = dict(namespaces)
        self._prefixes = {namespace: prefix for prefix, namespace in sorted(self._namespaces.items(), reverse=True)}
        self._lengths = sorted({len(namespace) for namespace in self._prefixes}, reverse=True)

    def __getitem__(self, prefix: str) -> str:
        return self._namespaces[prefix]

    def __iter__(self):
        return iter(self._namespaces)

    def __len__(self) -> int:
        return len(self._namespaces)

    def expand(self, curie: str) -> str | None:
        """The absolute IRI, or None where the prefix is not declared."""
        prefix, colon, local = curie.partition(":")
        return self._namespaces[prefix] + local if colon and prefix in self._namespaces else None

    def contract(self, iri: str) -> str:
        """The CURIE, or the IRI itself where no declared namespace fits."""
        for length in self._lengths:
            prefix = self._prefixes.get(iri[:length])
            if prefix is not None and _LOCAL.match(iri, length):
                return f"{prefix}:{iri[length:]}"
        return iri

    def show(self, term: Term | str | int | None) -> str:
        """A term as people read it: a CURIE, or a literal's plain text."""
        if term is None:
            return ""
        return self.contract(term.value) if isinstance(term, NamedNode) else _plain(term)


def _plain(term: Term | str | int) -> str:
    return term.value if isinstance(term, Literal) else str(term)


def whole(term: Term | None) -> int | None:
    """The value of a whole number from 0; None for any other term, whatever its datatype says of it."""
    if not isinstance(term, Literal) or not term.value.isdecimal() or len(term.value) > _MOST_DIGITS:
        return None
    return int(term.value)


def kg(local: str) -> NamedNode:
    """A term of our vocabulary: kg("Claim") is kg:Claim."""
    return NamedNode(KG + local)


def digest(*parts: str, length: int = 16) -> str:
    """A name made from content: the same parts give the same name in every run and on every machine."""
    import hashlib

    # The unit separator cannot occur in IRIs or N-Triples literals, so ("a", "bc") and ("ab", "c") differ.
    return hashlib.sha256("\x1f".join(parts).encode(errors="surrogateescape")).hexdigest()[:length]


def matter(judgement: str) -> str:
    """How the names of all judgements of one matter begin, whatever they say of it and under which policy.

    >>> matter(JUDGEMENT + "0066ad190382bf28" + "5e0c3a77").removeprefix(JUDGEMENT)
    '0066ad190382bf28'
    """
    return judgement[:len(JUDGEMENT) + MATTER_LETTERS]


def judgement_graph(policy: str) -> str:
    """The graph of what was judged under a policy; views spell it in the same way.

    >>> judgement_graph(DEFAULT_POLICY).removeprefix(GRAPH)
    'judgements-default'
    """
    return f"{GRAPH}judgements-{policy.removeprefix(ID + 'policy-')}"


def did_you_mean(word: str, known: Iterable[str], most: int = 3) -> str:
    """A remedy for an unknown name, or an empty string where nothing known is near.

    >>> did_you_mean("kg:modalty", ["kg:modality", "kg:polarity"])
    'did you mean kg:modality?'
    """
    import difflib

    by_folded = {name.casefold(): name for name in sorted(known, reverse=True)}
    near = difflib.get_close_matches(word.casefold(), sorted(by_folded), n=most, cutoff=0.7)
    return f"did you mean {' or '.join(by_folded[name] for name in near)}?" if near else ""
