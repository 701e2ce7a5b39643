WITH counted AS (
    SELECT 'things' AS what, object AS kind, subject AS thing FROM quad
      WHERE predicate = 'rdf:type' AND graph <> 'graph:vocabulary'
    UNION ALL SELECT 'subjects in graph', graph, subject FROM quad
    UNION ALL SELECT 'claims by modality', object, subject FROM triple WHERE predicate = 'kg:modality'
    UNION ALL SELECT 'claims by relation', relation.object, relation.subject
      FROM triple AS relation SEMI JOIN triple AS said ON said.subject = relation.subject AND said.predicate = 'kg:saidIn'
      WHERE relation.predicate = 'rdf:predicate')
SELECT what, kind, count(DISTINCT thing) AS count FROM counted GROUP BY ALL ORDER BY what, count DESC, kind
