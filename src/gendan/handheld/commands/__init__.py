"""The verbs of handheld devices that are their own; everything else is a command of its context."""

from gendan.handheld.commands.scan import scan_goods, undo_scan
from gendan.handheld.commands.settings import save_settings
from gendan.handheld.commands.tally import close_tally, drop_tally, reopen_tally

__all__ = ["close_tally", "drop_tally", "reopen_tally", "save_settings", "scan_goods", "undo_scan"]
