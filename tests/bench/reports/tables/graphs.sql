SELECT graph, triples FROM graphs ORDER BY ALL
