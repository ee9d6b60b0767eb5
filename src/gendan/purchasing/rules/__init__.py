"""Pure rules of the purchase chain: amounts, promises, states, tolerances. No Django."""
