"""The verbs of customers' and suppliers' links."""

from gendan.portal.commands.answers import answer_order
from gendan.portal.commands.links import create_link, revoke_link
from gendan.portal.commands.messages import answer_question, ask_question
from gendan.portal.commands.production import report_progress

__all__ = ["answer_order", "answer_question", "ask_question", "create_link", "report_progress", "revoke_link"]
