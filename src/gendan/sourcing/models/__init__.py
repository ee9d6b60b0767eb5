"""The tables of inquiries."""

from gendan.sourcing.models.answer import Answer, AnswerFile, AnswerLine, AnswerPrice
from gendan.sourcing.models.contract import (
    Contract,
    ContractLine,
    ContractPrice,
    ContractSignature,
    ContractVersion,
)
from gendan.sourcing.models.inquiry import Award, Inquiry, InquiryLine, InquirySource, Invitation
from gendan.sourcing.models.paper import SupplierPaper
from gendan.sourcing.models.settings import LandedRate, SourcingSettings

__all__ = [
    "Answer",
    "AnswerFile",
    "AnswerLine",
    "AnswerPrice",
    "Award",
    "Contract",
    "ContractLine",
    "ContractPrice",
    "ContractSignature",
    "ContractVersion",
    "Inquiry",
    "InquiryLine",
    "InquirySource",
    "Invitation",
    "LandedRate",
    "SourcingSettings",
    "SupplierPaper",
]
