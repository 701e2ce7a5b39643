"""The explorer: the graph as pages in a browser, and as a SPARQL endpoint, on one machine and offline.

`app` puts the routes together · `serve` runs them · `guard` stands before every request, by the rules of `admission` ·
`reception` lets connections in, those with a query the short way · `connection` how much a client may send, and how slowly ·
`site` is what all pages are made from · `compiled` spares compiling templates again · `stamp` tells builds apart ·
`remembered` spares work done before, `kept` asking a graph what it has answered before · `pages/` a function a page ·
`endpoint/` the SPARQL protocols · `templates/` and `static/` what they look like · `frontend/` the source of the scripts
under `static/`. What is promised to whom stands in SECURITY.md.
"""
