"""Tables of the sales chain."""

from gendan.sales.models.arrival import Arrival
from gendan.sales.models.delivery import Delivery, DeliveryLine, Parcel, ParcelLine, Pick, Wave
from gendan.sales.models.order import SalesLine, SalesOrder, SalesPromise
from gendan.sales.models.peg import Peg
from gendan.sales.models.policy import PriorityRule, ReviewRule, SalesSettings
from gendan.sales.models.quotation import Quotation, QuotationLine
from gendan.sales.models.returned import ReturnLine, SalesReturn

__all__ = [
    "Arrival",
    "Delivery",
    "DeliveryLine",
    "Parcel",
    "ParcelLine",
    "Peg",
    "Pick",
    "PriorityRule",
    "Quotation",
    "QuotationLine",
    "ReturnLine",
    "ReviewRule",
    "SalesLine",
    "SalesOrder",
    "SalesPromise",
    "SalesReturn",
    "SalesSettings",
    "Wave",
]
