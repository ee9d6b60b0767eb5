"""Make framework contracts, let them come into force, change them, end them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import Content
from gendan.kernel.bulk import Undone
from gendan.kernel.errors import AppError, Forbidden, Invalid
from gendan.kernel.events import Entry, Subject, record, record_all
from gendan.kernel.unit import Done, command, label_of, step
from gendan.purchasing.errors import ReasonRequired
from gendan.purchasing.steps.days import day_problems
from gendan.sourcing.errors import ContractOver, NothingChanged
from gendan.sourcing.models import Contract, ContractSignature, ContractVersion
from gendan.sourcing.permissions import VIEW_PRICE
from gendan.sourcing.queries.contracts import END_OVERDUE, contract_draft
from gendan.sourcing.rules.contract import ContractDraft, as_content, as_draft, changes, worth
from gendan.sourcing.steps import contracts as writing

SAVE, START = "sourcing.save_contract", "sourcing.start_contract"
_BY_REFERENCE = """
SELECT reference, number FROM sourcing_contract
WHERE company_id = %s::bigint AND reference = ANY(%s::text[]) AND reference <> ''
"""
UPDATE, LET, CHANGE, TERMINATE = _("修改合同"), _("合同生效"), _("变更合同"), _("终止合同")


@command("sourcing.create_contract", _("新建框架合同"), permission=SAVE)
def create_contract(*, actor: Actor, draft: ContractDraft) -> Done:
    """Write a framework contract; nothing follows from it before it is in force.

    Errors: EmptyContract, Invalid (by field), Forbidden (who may not see prices).
    """
    actor.must(VIEW_PRICE)
    return write_contract(actor, draft)


@step
def write_contract(actor: Actor, draft: ContractDraft, **told: Any) -> Done:
    """What create_contract does, for what makes contracts out of something else."""
    draft = draft.stripped()
    subject = writing.insert(actor, draft)
    record("sourcing.contract_created", subject, actor, (f"partner:{draft.supplier}",), lines=len(draft.lines), **told)
    return Done("contract", subject.id, subject.number, "draft", 1)


@command("sourcing.save_contracts", _("批量登记合同草稿"), permission=SAVE)
def save_contracts(*, actor: Actor, drafts: Sequence[ContractDraft], trial: bool = False) -> Done:
    """Write contracts, all or none (Undone names the first refused): one whose ``reference`` a draft has changes that
    draft, any other is new. ``trial`` only checks.
    """
    actor.must(VIEW_PRICE)
    numbers, statuses = [], []
    known: dict[str, str] = dict(
        db.rows(_BY_REFERENCE, [actor.company_id, [draft.reference.strip() for draft in drafts]])
    )
    for n, draft in enumerate(drafts):
        number = known.get(draft.reference.strip())
        try:
            done = _rewrite(actor, number, draft, None) if number else write_contract(actor, draft)
        except AppError as error:
            raise Undone(n, error) from error
        numbers.append(done.number)
        statuses.append("updated" if number else "created")
    if trial:
        raise Undone(-1)
    return Done("contract", 0, numbers[-1] if numbers else "", data={"numbers": numbers, "statuses": statuses})


@command(SAVE, UPDATE)
def update_contract(*, actor: Actor, number: str, draft: ContractDraft, version: int | None = None) -> Done:
    """Make a draft what ``draft`` says. Errors: as create_contract, NotFound, Stale, WrongState, InApproval."""
    actor.must(VIEW_PRICE)
    return _rewrite(actor, number, draft, version)


def _rewrite(actor: Actor, number: str, draft: ContractDraft, version: int | None) -> Done:
    draft = draft.stripped()
    contract = Contract.lock(actor, number, version)
    contract.must_be({"draft"}, UPDATE)
    flow.free(actor, contract.subject)
    before = contract_draft(actor, number, whole=True)[0]
    writing.replace(actor, contract, draft)
    contract.touch()
    after = _with_units(draft, before)
    record("sourcing.contract_updated", contract.subject, actor, changes=changes(before, after)[:50])
    return Done("contract", contract.pk, number, "draft", contract.version)


def _with_units(draft: ContractDraft, before: ContractDraft) -> ContractDraft:
    """A line without a unit has the one that the contract knows."""
    known = {line.product: line.unit for line in before.lines}
    lines = (replace(line, unit=line.unit or known.get(line.product, "")) for line in draft.lines)
    return replace(draft, currency=draft.currency or before.currency, lines=tuple(lines))


@command("sourcing.delete_contract", _("删除合同草稿"), permission=SAVE)
def delete_contract(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Throw one's own draft away. Errors: NotFound, Stale, WrongState, Forbidden, InApproval."""
    contract = Contract.lock(actor, number, version)
    contract.must_be({"draft"}, _("删除合同草稿"))
    flow.free(actor, contract.subject)
    if contract.created_by_id != actor.user_id:
        raise Forbidden(permission=label_of("sourcing.delete_contract"), code="sourcing.delete_contract")
    subject = contract.subject
    contract.delete()
    record("sourcing.contract_deleted", subject, actor)
    return Done("contract", subject.id, subject.number, "")


@command(START, LET)
def start_contract(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Let a contract come into force, when no flow has to approve it first: from then on its prices are those of order
    lines, before the price list. ``data.approval`` says that it waits.

    Errors: NotFound, Stale, WrongState, ContractOver, ContractOverlaps, InApproval.
    """
    contract = Contract.lock(actor, number, version)
    contract.must_be({"draft"}, LET)
    flow.free(actor, contract.subject)
    draft = contract_draft(actor, number, whole=True)[0]
    _propose(actor, contract, draft, "", [])
    return _judged(actor, contract, "sourcing.contract_proposed")


@command("sourcing.change_contract", CHANGE, permission=START)
def change_contract(
    *, actor: Actor, number: str, draft: ContractDraft, reason: str, version: int | None = None
) -> Done:
    """Change a contract in force: the next version, which an approval lets take effect where a flow says so. What was
    called off stays so. The supplier cannot be changed.

    Errors: as create_contract, NotFound, Stale, WrongState, ReasonRequired, NothingChanged, ContractOverlaps,
    InApproval.
    """
    actor.must(VIEW_PRICE)
    contract = Contract.lock(actor, number, version)
    contract.must_be({"in_force"}, CHANGE)
    if not reason.strip():
        raise ReasonRequired()
    flow.free(actor, contract.subject)
    before = contract_draft(actor, number, whole=True)[0]
    after = _with_units(replace(draft.stripped(), supplier=before.supplier), before)
    writing.find(actor, after, contract.pk)
    differences = changes(before, after)
    if not differences:
        raise NothingChanged(number=number)
    _propose(actor, contract, after, reason.strip()[:300], differences)
    return _judged(actor, contract, "sourcing.contract_change_proposed")


def _propose(actor: Actor, contract: Contract, draft: ContractDraft, reason: str, told: list[Any]) -> None:
    """Keep what the contract shall say."""
    last = db.row("SELECT max(revision) FROM sourcing_contractversion WHERE contract_id = %s::bigint", [contract.pk])
    ContractVersion.objects.create(
        company_id=actor.company_id,
        contract=contract,
        revision=((last and last[0]) or 0) + 1,
        state="proposed",
        content=as_content(draft),
        amount=worth(draft),
        reason=reason,
        changes=told[:200],
        user_id=actor.user_id,
    )


def _judged(actor: Actor, contract: Contract, event: str) -> Done:
    """What was proposed takes effect, or waits for its approval."""
    if not flow.lets(actor, contract.subject):
        contract.touch()
        record(event, contract.subject, actor)
        data = {"approval": "running"}
        return Done("contract", contract.pk, contract.number, contract.state, contract.version, data)
    return take_effect(actor, contract)


@step
def take_effect(actor: Actor, contract: Contract) -> Done:
    """What was proposed of a locked contract holds from now on. Errors: ContractOver, ContractOverlaps."""
    proposed = contract.versions.get(state="proposed")
    draft = as_draft(proposed.content)
    assert draft.valid_to is not None
    if draft.valid_to < actor.today():
        raise ContractOver(number=contract.number, on=draft.valid_to)
    first = contract.state == "draft"
    if not first:
        writing.replace(actor, contract, draft)
        contract.refresh_from_db()
    proposed.state, proposed.decided_at = "applied", Now()
    proposed.save(update_fields=["state", "decided_at"])
    fields: dict[str, Any] = {"revision": proposed.revision} | ({"in_force_at": Now()} if first else {})
    contract.move_to("in_force", LET if first else CHANGE, **fields)
    writing.feed(contract)
    told = {"revision": proposed.revision, "reason": proposed.reason, "changes": proposed.changes}
    event = "sourcing.contract_started" if first else "sourcing.contract_changed"
    record(event, contract.subject, actor, (f"partner:{draft.supplier}",), **told)
    return Done("contract", contract.pk, contract.number, contract.state, contract.version)


@step
def refuse_proposed(actor: Actor, contract: Contract, note: str) -> str:
    """What was proposed of a locked contract will not be; the state."""
    contract.versions.filter(state="proposed").update(state="refused", decided_at=Now())
    contract.touch()
    record("sourcing.contract_refused", contract.subject, actor, reason=note[:300])
    return contract.state


@command("sourcing.terminate_contract", TERMINATE, permission=START)
def terminate_contract(*, actor: Actor, number: str, reason: str, version: int | None = None) -> Done:
    """End a contract before its day: orders have its prices no more; what was ordered stays.

    Errors: NotFound, Stale, WrongState, ReasonRequired, InApproval.
    """
    contract = Contract.lock(actor, number, version)
    contract.must_be({"in_force"}, TERMINATE)
    if not reason.strip():
        raise ReasonRequired()
    flow.free(actor, contract.subject)
    writing.starve(contract)
    contract.move_to("terminated", TERMINATE, ended_at=Now(), end_reason=reason.strip()[:300])
    record("sourcing.contract_terminated", contract.subject, actor, reason=reason.strip()[:300])
    return Done("contract", contract.pk, number, contract.state, contract.version)


@command("sourcing.end_contracts", _("到期的合同自动结束"))
def end_contracts(*, actor: Actor, today: date | None = None) -> Done:
    """Contracts whose last day is over are ended. The worker calls it by the clock; a fixed number of statements."""
    found = db.rows(END_OVERDUE, {"company": actor.company_id, "today": today or actor.today()})
    record_all(actor, [Entry("sourcing.contract_ended", Subject("contract", id_, number)) for id_, number in found])
    return Done("scan", actor.company_id, "contracts", data={"contracts": len(found)})


@command("sourcing.sign_contract", _("登记合同签署"), permission=SAVE)
def sign_contract(
    *, actor: Actor, number: str, party: str, signer: str, signed_on: date, content: Content, version: int | None = None
) -> Done:
    """Keep the signed document: who signed (``party`` ours or supplier) and when; its hash shows that it is the same.

    Errors: NotFound, Stale, WrongState, Invalid (by field).
    """
    contract = Contract.lock(actor, number, version)
    contract.must_be({"draft", "in_force"}, _("登记合同签署"))
    problems = day_problems(actor, {"signed_on": signed_on})
    if party not in ContractSignature.Party.values:
        problems["party"] = "party: " + " | ".join(ContractSignature.Party.values)
    if not signer.strip() or len(signer.strip()) > 80:
        problems["signer"] = _now("请填写签署人。")
    if signed_on > actor.today():
        problems["signed_on"] = _now("签署日期不能晚于今天。")
    if problems:
        raise Invalid(problems)
    ContractSignature.objects.create(
        company_id=actor.company_id, contract=contract, revision=contract.revision, party=party, signer=signer.strip(),
        signed_on=signed_on, file_name=content.name, media_type=content.media_type, size=content.size,
        sha256=content.sha256, user_id=actor.user_id,
    )  # fmt: skip
    contract.touch()
    told: dict[str, Any] = {"party": party, "signer": signer.strip(), "signed_on": signed_on, "sha256": content.sha256}
    record("sourcing.contract_signed", contract.subject, actor, **told, file=content.name)
    return Done("contract", contract.pk, number, contract.state, contract.version)
