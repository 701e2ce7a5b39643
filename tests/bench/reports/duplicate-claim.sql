WITH said AS (
    SELECT passage.subject, passage.object AS passage, states.object AS proposition, polarity.object AS polarity
    FROM triple AS passage JOIN triple AS states USING (subject) JOIN triple AS polarity USING (subject)
    WHERE passage.predicate = 'kg:passage' AND states.predicate = 'kg:states' AND polarity.predicate = 'kg:polarity')
SELECT DISTINCT one.subject, other.subject AS value
FROM said AS one JOIN said AS other USING (passage, proposition, polarity) WHERE one.subject < other.subject
ORDER BY ALL
