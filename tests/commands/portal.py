"""Situations of customers' links."""

from __future__ import annotations

from gendan.portal import commands

from .sales import order
from .scenario import Arguments, World, scenario


@scenario("portal.create_link")
def create_link(world: World) -> Arguments:
    return {"number": order(world), "recipient": "王五"}


@scenario("portal.revoke_link")
def revoke_link(world: World) -> Arguments:
    return {"link_id": commands.create_link(actor=world.admin, number=order(world)).id}


@scenario("portal.ask_question")
def ask_question(world: World) -> Arguments:
    return {"number": order(world), "text": "什么时候到？"}


@scenario("portal.answer_question")
def answer_question(world: World) -> Arguments:
    return {"number": order(world), "text": "明天到。"}
