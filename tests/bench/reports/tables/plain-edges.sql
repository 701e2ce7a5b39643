SELECT subject, relation, object, claim FROM edges WHERE policy = 'id:policy-default' ORDER BY ALL
