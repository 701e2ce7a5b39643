"""Outside formats, one file each: a dict of functions with one signature, ``read(path, prefixes)`` → records."""

from kgtool.importers import sssom

IMPORTERS = {".sssom.tsv": sssom.read}
