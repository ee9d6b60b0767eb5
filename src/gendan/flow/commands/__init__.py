"""The business verbs of approval."""

from gendan.flow.commands.calendar import set_working_days, set_working_time

__all__ = ["set_working_days", "set_working_time"]
