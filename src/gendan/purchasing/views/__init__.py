"""The pages of the purchase chain."""
