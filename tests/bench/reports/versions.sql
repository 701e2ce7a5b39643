WITH version AS (SELECT subject AS version FROM triple WHERE predicate = 'rdf:type' AND object = 'kg:SourceVersion'),
  placed AS (SELECT version, count("start") AS passages FROM (SELECT DISTINCT version, claim, "start" FROM claims) GROUP BY ALL),
  about AS (
    SELECT version, max(object) FILTER (predicate = 'rdfs:label') AS label,
      max(object) FILTER (predicate = 'prov:specializationOf') AS source, max(object) FILTER (predicate = 'kg:sha256') AS sha256,
      max(object) FILTER (predicate = 'kg:length') AS length, max(object) FILTER (predicate = 'kg:standsAt') AS "standsAt"
    FROM version JOIN triple ON subject = version GROUP BY ALL)
SELECT version, label, source, typed.object AS "sourceType", sha256, length, "standsAt", coalesce(passages, 0) AS passages
FROM about JOIN triple AS typed ON typed.subject = source AND typed.predicate = 'kg:sourceType' LEFT JOIN placed USING (version)
ORDER BY ALL
