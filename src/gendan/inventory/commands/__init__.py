"""The verbs of the warehouse."""

from gendan.inventory.commands.adjustment import (
    copy_adjustment,
    create_adjustment,
    post_adjustment,
    reverse_adjustment,
    update_adjustment,
)
from gendan.inventory.commands.cancel import cancel_document
from gendan.inventory.commands.count import (
    copy_count,
    create_count,
    finish_count,
    post_count,
    recount,
    start_count,
    update_count,
)
from gendan.inventory.commands.count_line import count_line, undo_count_entry
from gendan.inventory.commands.transfer import (
    copy_transfer,
    create_transfer,
    post_transfer,
    recall_transfer,
    receive_transfer,
    update_transfer,
)

__all__ = [
    "cancel_document",
    "copy_adjustment",
    "copy_count",
    "copy_transfer",
    "count_line",
    "create_adjustment",
    "create_count",
    "create_transfer",
    "finish_count",
    "post_adjustment",
    "post_count",
    "post_transfer",
    "recall_transfer",
    "receive_transfer",
    "recount",
    "reverse_adjustment",
    "start_count",
    "undo_count_entry",
    "update_adjustment",
    "update_count",
    "update_transfer",
]
