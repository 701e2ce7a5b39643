SELECT graph, count(*) AS triples FROM quad GROUP BY ALL ORDER BY ALL
