"""The verbs of inquiries."""

from gendan.sourcing.commands.answer import answer_inquiry
from gendan.sourcing.commands.award import award_inquiry
from gendan.sourcing.commands.inquiry import create_inquiry, delete_inquiry, update_inquiry
from gendan.sourcing.commands.sending import close_inquiry, invite_supplier, move_closing, send_inquiry
from gendan.sourcing.commands.settings import save_settings

__all__ = [
    "answer_inquiry",
    "award_inquiry",
    "close_inquiry",
    "create_inquiry",
    "delete_inquiry",
    "invite_supplier",
    "move_closing",
    "save_settings",
    "send_inquiry",
    "update_inquiry",
]
