WITH label AS (SELECT subject AS thing, object AS label FROM triple WHERE predicate = 'rdfs:label'),
  counted AS (
    SELECT subject AS policy, string_agg(label, ', ' ORDER BY label) AS counts
    FROM triple JOIN label ON thing = object WHERE predicate = 'kg:countsSourceType' GROUP BY ALL),
  under AS (SELECT subject AS thing, object AS policy FROM triple WHERE predicate = 'kg:policy'),
  edge AS (
    SELECT policy, count(*) AS edges FROM under JOIN triple ON subject = thing
    WHERE predicate = 'rdf:type' AND object = 'kg:Edge' GROUP BY ALL),
  judged AS (
    SELECT policy, count(*) AS judgements FROM under JOIN triple ON subject = thing WHERE predicate = 'kg:verdict' GROUP BY ALL)
SELECT policy, said.object AS says, counts, edges, judgements
FROM counted JOIN triple AS said ON said.subject = policy AND said.predicate = 'skos:definition'
  LEFT JOIN edge USING (policy) LEFT JOIN judged USING (policy)
ORDER BY ALL
