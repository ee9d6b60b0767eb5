"""The verbs of customers' and suppliers' links, and of suppliers' accounts."""

from gendan.portal.commands.answers import answer_order
from gendan.portal.commands.corrective import answer_corrective
from gendan.portal.commands.links import create_link, revoke_link
from gendan.portal.commands.messages import answer_question, ask_question
from gendan.portal.commands.own_account import (
    change_supplier_password,
    create_supplier_key,
    end_supplier_sessions,
    join_supplier,
    revoke_supplier_key,
    save_own_account,
)
from gendan.portal.commands.people import (
    invite_colleague,
    invite_supplier_person,
    reset_colleague,
    reset_supplier_person,
    save_colleague,
    save_supplier_person,
)
from gendan.portal.commands.production import report_progress

__all__ = [
    "answer_corrective",
    "answer_order",
    "answer_question",
    "ask_question",
    "change_supplier_password",
    "create_link",
    "create_supplier_key",
    "end_supplier_sessions",
    "invite_colleague",
    "invite_supplier_person",
    "join_supplier",
    "report_progress",
    "reset_colleague",
    "reset_supplier_person",
    "revoke_link",
    "revoke_supplier_key",
    "save_colleague",
    "save_own_account",
    "save_supplier_person",
]
