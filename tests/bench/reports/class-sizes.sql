SELECT object AS class, count(*) AS things FROM triple WHERE predicate = 'rdf:type' GROUP BY ALL ORDER BY ALL
