WITH RECURSIVE above AS (
    SELECT DISTINCT object AS kind, object AS type FROM triple WHERE predicate = 'rdfs:domain'
    UNION SELECT kind, subject FROM above JOIN triple ON object = type AND predicate = 'rdfs:subClassOf'),
  has AS (
    SELECT DISTINCT used.subject, used.predicate AS path, kind.object AS kind
    FROM triple AS kind
      SEMI JOIN triple AS property ON property.subject = kind.subject AND property.predicate = 'rdf:type' AND property.object = 'rdf:Property'
      JOIN triple AS used ON used.predicate = kind.subject
    WHERE kind.predicate = 'rdfs:domain')
SELECT subject, path, kind FROM has
ANTI JOIN (SELECT typed.subject AS thing, above.kind FROM triple AS typed JOIN above ON typed.object = above.type
           WHERE typed.predicate = 'rdf:type') AS may ON may.thing = has.subject AND may.kind = has.kind
ORDER BY ALL
