"""What the purchase chain can be asked."""
