"""Outside formats, one file each: dicts of functions with one signature, ``read(path, prefixes)`` → records."""

from kgtool.importers import edges_tsv, indra_json, obo, sssom

IMPORTERS = {".sssom.tsv": sssom.read}

# by the name that graph_data/imports.toml gives: releases of hierarchies
HIERARCHIES = {"obo": obo.read, "indra-json": indra_json.read, "edges-tsv": edges_tsv.read}
