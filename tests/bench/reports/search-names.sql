WITH entity AS (SELECT subject, predicate, object FROM quad WHERE graph = 'graph:entities'),
  found AS (
    SELECT named.subject AS thing, kind.object AS class, named.object AS name, also.object AS synonym
    FROM entity AS named JOIN entity AS kind ON kind.subject = named.subject AND kind.predicate = 'rdf:type'
      LEFT JOIN entity AS also ON also.subject = named.subject AND also.predicate = 'skos:altLabel'
    WHERE named.predicate = 'rdfs:label'
    UNION ALL SELECT claim, kind, words, NULL FROM claims)
SELECT thing, min(class) AS kind, min(name) AS label,
  coalesce(string_agg(DISTINCT synonym, ' · ' ORDER BY synonym), '') AS more
FROM found GROUP BY thing ORDER BY thing
