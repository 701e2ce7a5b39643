WITH negation AS (SELECT subject AS value FROM triple WHERE predicate = 'kg:expressesNegation' AND object = 'true'),
  gap AS (SELECT subject AS claim FROM triple WHERE predicate = 'rdf:type' AND object = 'kg:GapClaim'),
  named AS (SELECT DISTINCT claim, relation AS value, 'rdf:predicate' AS path FROM claims
    UNION SELECT DISTINCT claim, modality, 'kg:modality' FROM claims)
SELECT claim AS subject, path, value FROM named SEMI JOIN negation USING (value) ANTI JOIN gap USING (claim)
ORDER BY ALL
