"""Pages of change orders and of the versions of orders."""
