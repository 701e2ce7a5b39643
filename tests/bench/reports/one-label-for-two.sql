WITH RECURSIVE below AS (
    SELECT 'kg:Entity' AS kind
    UNION SELECT subject FROM below JOIN triple ON object = kind AND predicate = 'rdfs:subClassOf'),
  entity AS (SELECT DISTINCT subject AS thing FROM triple SEMI JOIN below ON object = kind WHERE predicate = 'rdf:type')
SELECT min(thing) AS subject, max(thing) AS value, object AS label
FROM entity JOIN triple ON subject = thing WHERE predicate = 'rdfs:label'
GROUP BY object HAVING count(DISTINCT thing) > 1
ORDER BY ALL
