"""The SPARQL 1.1 protocols over the graph: queries at /sparql, named graphs at /graphs.

`answering` is the application · `protocol` and `graphs` read requests · `asked` is what they ask · `engine` is what a worker
can do of it: `querying`, and reading and writing what is `stored` · `plain` is a worker's own reading of a connection ·
`limits` and `formats` say how much, and in which form · `using` writes an update's graphs into it · `described` tells what
there is.
"""
