WITH said AS (SELECT DISTINCT claim, words, modality, source, source_type, subject FROM claims),
  topic AS (SELECT subject AS judgement, object AS topic FROM triple WHERE predicate IN ('kg:ofDrug', 'kg:ofDisease')),
  label AS (SELECT subject AS thing, object AS label FROM triple WHERE predicate = 'rdfs:label'),
  why AS (SELECT subject AS judgement, object AS because FROM triple WHERE predicate = 'kg:reason')
SELECT coalesce(topic, one.subject) AS about, of_kind.label AS kind, one.words, of_modality.label AS modality, one.source,
  of_type.label AS type, other.words AS "otherWords", of_other_modality.label AS "otherModality", other.source AS "otherSource",
  of_other_type.label AS "otherType", because, one.claim, other.claim AS "otherClaim", here.judgement
FROM disputes AS here JOIN disputes AS there USING (judgement)
  JOIN said AS one ON one.claim = here.claim JOIN said AS other ON other.claim = there.claim
  JOIN why ON why.judgement = here.judgement LEFT JOIN topic ON topic.judgement = here.judgement
  JOIN label AS of_kind ON of_kind.thing = here.kind
  JOIN label AS of_modality ON of_modality.thing = one.modality JOIN label AS of_other_modality ON of_other_modality.thing = other.modality
  JOIN label AS of_type ON of_type.thing = one.source_type JOIN label AS of_other_type ON of_other_type.thing = other.source_type
WHERE here.policy = 'id:policy-default' AND here.claim < there.claim
ORDER BY ALL
