"""Pages of customers' links: those of customers, and the verbs of staff."""
