WITH RECURSIVE below AS (
    SELECT 'kg:Entity' AS kind
    UNION SELECT subject FROM below JOIN triple ON object = kind AND predicate = 'rdfs:subClassOf'),
  entity AS (SELECT DISTINCT subject AS thing FROM triple SEMI JOIN below ON object = kind WHERE predicate = 'rdf:type')
SELECT thing AS subject FROM entity ANTI JOIN triple ON object = thing
ORDER BY ALL
