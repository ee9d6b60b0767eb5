"""What purchasing calls inside its commands: inspections follow what comes in and what is decided of it."""

from gendan.quality.steps.answering import answer_action
from gendan.quality.steps.deciding import Amended, Decided, amend, cancel, decide, wishes
from gendan.quality.steps.opening import NewLot, open_inspection

__all__ = ["Amended", "Decided", "NewLot", "amend", "answer_action", "cancel", "decide", "open_inspection", "wishes"]
