"""views of the sales chain."""
