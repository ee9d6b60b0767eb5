"""Writes of exceptions, inside a command: looking, owners, the cursor over the event log, states of cases."""
