WITH RECURSIVE above AS (
    SELECT DISTINCT object AS kind, object AS type FROM triple WHERE predicate = 'rdfs:range'
    UNION SELECT kind, subject FROM above JOIN triple ON object = type AND predicate = 'rdfs:subClassOf'),
  has AS (
    SELECT DISTINCT claim, claims.object AS value, relation, needed.object AS kind
    FROM claims JOIN triple AS needed ON needed.subject = relation AND needed.predicate = 'rdfs:range'
    WHERE needed.object NOT LIKE 'xsd:%')  -- what a value is of is not in the tables
SELECT claim AS subject, value, relation, kind FROM has
ANTI JOIN (SELECT typed.subject AS thing, above.kind FROM triple AS typed JOIN above ON typed.object = above.type
           WHERE typed.predicate = 'rdf:type') AS may ON may.thing = has.value AND may.kind = has.kind
ORDER BY ALL
