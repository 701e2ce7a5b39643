SELECT predicate AS property, count(*) AS triples FROM triple GROUP BY ALL ORDER BY ALL
