"""The SPARQL 1.1 protocols over the graph: queries at /sparql, named graphs at /graphs.

`answering` is the application · `protocol` and `graphs` read requests · `asked` is what they ask · `engine` does it, in
a worker · `formats` says in which form · `using` writes an update's graphs into it · `described` tells what there is.
"""
