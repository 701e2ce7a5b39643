"""A project of one's own, begun: what may be said and what is asked are copied, and what is said is still to be written."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from kgtool.errors import WrongUse
from kgtool.project import FOLDERS, Project
from kgtool.terms import NOT_MEDICAL_ADVICE

_COPIED = ("ontology", "queries", "graph_data/README.md")
_WRITTEN = {
    "about.ttl": f"""\
# The graph about itself. These lines travel with every export: say what it is, and its licence (dcterms:license <https://…>).
@prefix id: <https://w3id.org/kgtool/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix void: <http://rdfs.org/ns/void#> .

id:this-graph a void:Dataset ;
    rdfs:label "a graph of claims"@en ;
    dcterms:rights "{NOT_MEDICAL_ADVICE}"@en .
""",
    "identifiers.tsv": "identifier\tlabel\tread_in\n",
}


def begin(folder: Path, model: Project) -> None:
    """Make a project without data in a new or an empty folder, with the ontology and the queries of another one.

    It is there whole, or not at all.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise WrongUse(f"{folder} holds something already; name a new folder, or an empty one")
        if any((model.root / part).resolve() in folder.resolve().parents for part in FOLDERS):
            raise WrongUse(f"{folder} lies in a folder of {model.root}, which is what is copied; name one outside of it")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".kgtool-", dir=folder.parent) as beside:
            made = Path(beside) / "project"
            _write(made, model)
            made.rename(folder)
    except OSError as error:
        raise WrongUse(f"cannot begin a project in {folder}: {error.strerror}; name another folder") from error


def _write(made: Path, model: Project) -> None:
    (made / "graph_data" / "claims").mkdir(parents=True)
    for name in _COPIED:
        copy = shutil.copytree if (model.root / name).is_dir() else shutil.copyfile
        copy(model.root / name, made / name)
    for name, text in _WRITTEN.items():
        (made / "graph_data" / name).write_text(text, encoding="utf-8")
