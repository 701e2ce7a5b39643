"""What the graph tells us beyond one query: cards and reasons, the evidence map, paths and neighbourhoods over plain edges."""
