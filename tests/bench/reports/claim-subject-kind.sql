WITH RECURSIVE above AS (
    SELECT DISTINCT object AS kind, object AS type FROM triple WHERE predicate = 'rdfs:domain'
    UNION SELECT kind, subject FROM above JOIN triple ON object = type AND predicate = 'rdfs:subClassOf'),
  has AS (
    SELECT DISTINCT claim, claims.subject AS value, relation, needed.object AS kind
    FROM claims JOIN triple AS needed ON needed.subject = relation AND needed.predicate = 'rdfs:domain')
SELECT claim AS subject, value, relation, kind FROM has
ANTI JOIN (SELECT typed.subject AS thing, above.kind FROM triple AS typed JOIN above ON typed.object = above.type
           WHERE typed.predicate = 'rdf:type') AS may ON may.thing = has.value AND may.kind = has.kind
ORDER BY ALL
