WITH judged AS (
    SELECT verdict.object AS verdict, kind.object AS what
    FROM triple AS policy JOIN triple AS verdict USING (subject) JOIN triple AS kind USING (subject)
    WHERE policy.predicate = 'kg:policy' AND policy.object = 'id:policy-default' AND verdict.predicate = 'kg:verdict'
      AND kind.predicate = 'rdf:type'),
  counted AS (
    SELECT 'kg:Claim' AS what, '' AS verdict FROM triple WHERE predicate = 'kg:saidIn'
    UNION ALL SELECT object, '' FROM triple WHERE predicate = 'rdf:type' AND object IN ('kg:SourceVersion', 'kg:Source')
    UNION ALL SELECT what, verdict FROM judged)
SELECT what, verdict, count(*) AS count FROM counted GROUP BY ALL ORDER BY ALL
