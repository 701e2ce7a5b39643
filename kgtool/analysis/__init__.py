"""What the graph tells us beyond one query: the card of a thing, and the reasons of an edge or a claim."""
