"""Outside formats, one file each: dicts of functions with one signature a dict, which give records."""

from kgtool.importers import edges_tsv, hetionet, hpo_annotations, indra_json, obo, obo_graphs, sssom

IMPORTERS = {".sssom.tsv": sssom.read}

# By the names that graph_data/imports.toml gives them. Releases of hierarchies: ``read(path, prefixes)`` → terms.
HIERARCHIES = {
    "obo": obo.read, "obo-graphs": obo_graphs.read, "indra-json": indra_json.read, "edges-tsv": edges_tsv.read,
}

# Other data sets: ``read(path, prefixes, version)`` → things, links and claims.
DATA_SETS = {
    "hetionet-nodes": hetionet.read_nodes, "hetionet-edges": hetionet.read_edges, "hpo-annotations": hpo_annotations.read,
}
