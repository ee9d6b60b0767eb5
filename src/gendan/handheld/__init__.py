"""The customer's own page: a signed link per sales order, for who has no account."""
