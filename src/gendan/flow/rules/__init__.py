"""Pure rules of approval: the simple limit, definitions of flows, the way through them, votes. No Django."""
