"""The waist: what every reader makes and every writer is made from. Values only; nothing here knows RDF syntax."""

from __future__ import annotations

from dataclasses import dataclass, field

from kgtool.terms import DERIVED, JUDGEMENT, KG, MATTER_LETTERS, Term, digest

# What tells of what is judged, and not what is said of it, beside the properties whose names begin so.
_OF, _OF_MATTER = KG + "of", tuple(KG + name for name in ("outcome", "design", "inJurisdiction"))


@dataclass(frozen=True)
class Entity:
    """A thing claims are about: a drug, a condition, a route, a study … named by ``iri``, with its one label."""

    iri: str
    kinds: tuple[str, ...]
    label: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Version:
    """One state of a source, known by its bytes. ``length`` is in Unicode code points; ``sha256`` is None where the
    text was never at hand. ``stands_at`` is the URL at which exactly this version can still be read, if any."""

    iri: str
    source: str
    label: str
    sha256: str | None = None
    length: int | None = None
    stands_at: str | None = None


@dataclass(frozen=True)
class Passage:
    """One span of one version: half-open [start, end) in Unicode code points of the raw text.

    ``section`` names the text inside a record (JSON) in whose decoded code points the places are counted; it is empty
    where the version is plain text. ``digest`` is the SHA-256 of the span in UTF-8; ``first_words`` and ``last_words``
    are two words each, one where the span has fewer than eight, joined by ordinary spaces.
    """

    version: str
    start: int
    end: int
    first_words: str
    last_words: str
    digest: str
    section: str = ""

    @property
    def iri(self) -> str:
        within = (self.section,) if self.section else ()
        return f"{DERIVED}passage-{digest(self.version, *within, str(self.start), str(self.end))}"


@dataclass(frozen=True)
class Proposition:
    """What is said, whoever said it: claims of different sources with the same four parts meet in one."""

    subject: Term
    predicate: Term
    object: Term
    qualifiers: tuple[tuple[Term, Term], ...] = ()

    @property
    def iri(self) -> str:
        """Named by content. Terms are spelled as in N-Triples, qualifiers sorted: order of writing is no matter."""
        said = [str(self.subject), str(self.predicate), str(self.object)]
        qualified = sorted(f"{predicate} {value}" for predicate, value in self.qualifiers)
        return f"{DERIVED}proposition-{digest(*said, *qualified)}"


@dataclass(frozen=True)
class Claim:
    """What one version says at one passage, in our own words, with how surely it says so.

    ``polarity``, ``modality``, ``list_completeness`` and ``stance`` are IRIs of the closed lists in
    ``ontology/lists.ttl``; ``passage`` is None where the text was not at hand to find it in. ``beside`` is what a data
    set notes of a claim and the vocabulary has no place for: its evidence code, its reference.
    """

    iri: str
    kind: str
    version: str
    proposition: Proposition
    polarity: str
    modality: str
    in_own_words: str
    passage: Passage | None = None
    hedge_cue: str | None = None
    list_completeness: str | None = None
    stance: str | None = None
    depends_on: tuple[str, ...] = field(default=())
    beside: tuple[tuple[Term, Term], ...] = ()


@dataclass(frozen=True)
class Mapping:
    """One identifier of another vocabulary for one of our things, with its strength; the columns are SSSOM's."""

    subject: str
    predicate: str
    object: str
    object_label: str
    justification: str
    source: str
    comment: str = ""


@dataclass(frozen=True)
class Link:
    """One thing tied to another by a data set that says nothing more of it; all three are IRIs."""

    subject: str
    relation: str
    object: str


@dataclass(frozen=True)
class HierarchyTerm:
    """A term of one release of a hierarchy, with its parents there; ``label`` is empty where the release gives none."""

    iri: str
    label: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """What follows from claims, with all that it rests on. It has no place of its own in any source.

    ``kind`` is the local name of its class, ``about`` the predicates (absolute IRIs) and terms that say of what it
    judges, ``verdict`` an IRI of a closed list, ``claims`` the IRIs of the claims it was derived from, ``after`` those
    of other judgements. No claims, no judgement.
    """

    kind: str
    about: tuple[tuple[str, Term], ...]
    verdict: str
    reason: str
    claims: tuple[str, ...]
    rule: str
    policy: str
    release: str = ""
    after: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.claims and not self.after:
            raise ValueError(f"a {self.kind} that rests on nothing: {self.reason}")

    @property
    def iri(self) -> str:
        """Named by what is judged, then by how and under what: the same judgement has one name in every run, and those of
        one matter under different policies have names that begin alike."""
        matter, rest = [], []
        for predicate, value in self.about:
            of_matter = predicate.startswith(_OF) or predicate in _OF_MATTER
            (matter if of_matter else rest).append(f"{predicate} {value}")
        judged = digest(self.kind, self.rule, self.release, *sorted(matter), length=MATTER_LETTERS)
        how = digest(self.verdict, self.policy, *sorted(rest), *sorted(self.claims), *sorted(self.after), length=8)
        return f"{JUDGEMENT}{judged}{how}"
