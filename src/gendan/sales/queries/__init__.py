"""queries of the sales chain."""
