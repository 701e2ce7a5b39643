WITH label AS (SELECT subject AS thing, object AS label FROM triple WHERE predicate = 'rdfs:label'),
  context AS (
    SELECT sign.subject AS context, sign.object AS sign, disease.object AS disease
    FROM triple AS sign JOIN triple AS disease USING (subject)
    WHERE sign.predicate = 'kg:sign' AND disease.predicate = 'kg:inDisease'),
  release AS (
    SELECT named.subject AS release FROM triple AS named JOIN triple AS followed USING (subject)
    WHERE named.predicate = 'kg:hierarchy' AND named.object = 'mondo'
      AND followed.predicate = 'kg:isDefaultRelease' AND followed.object = 'true')
SELECT drug, context, of_route.label AS route, of_where.label AS "where", of_status.label AS verdict, only_if AS "onlyIf", judgement
FROM label_statuses JOIN release USING (release) JOIN context USING (sign, disease)
  JOIN label AS of_route ON of_route.thing = route JOIN label AS of_where ON of_where.thing = jurisdiction
  JOIN label AS of_status ON of_status.thing = status
WHERE policy = 'id:policy-default'
ORDER BY ALL
