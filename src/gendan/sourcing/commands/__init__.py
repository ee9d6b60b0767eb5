"""The verbs of inquiries."""

from gendan.sourcing.commands.answer import answer_inquiry
from gendan.sourcing.commands.award import award_inquiry
from gendan.sourcing.commands.contracts import (
    change_contract,
    create_contract,
    delete_contract,
    end_contracts,
    save_contracts,
    sign_contract,
    start_contract,
    terminate_contract,
    update_contract,
)
from gendan.sourcing.commands.inquiry import create_inquiry, delete_inquiry, update_inquiry
from gendan.sourcing.commands.outcomes import contract_awards, list_awards
from gendan.sourcing.commands.papers import mind_papers, remove_paper, save_paper
from gendan.sourcing.commands.sending import close_inquiry, invite_supplier, move_closing, send_inquiry
from gendan.sourcing.commands.settings import save_settings

__all__ = [
    "answer_inquiry",
    "award_inquiry",
    "change_contract",
    "close_inquiry",
    "contract_awards",
    "create_contract",
    "create_inquiry",
    "delete_contract",
    "delete_inquiry",
    "end_contracts",
    "invite_supplier",
    "list_awards",
    "mind_papers",
    "move_closing",
    "remove_paper",
    "save_contracts",
    "save_paper",
    "save_settings",
    "send_inquiry",
    "sign_contract",
    "start_contract",
    "terminate_contract",
    "update_contract",
    "update_inquiry",
]
