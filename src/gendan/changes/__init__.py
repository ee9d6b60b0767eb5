"""Change orders: after approval an order changes only by one, as a whole, in versions that can be compared."""
