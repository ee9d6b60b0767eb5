"""What purchasing calls inside its commands: inspections follow what comes in and what is decided of it."""

from gendan.quality.steps.deciding import Amended, Decided, amend, cancel, decide, wishes
from gendan.quality.steps.opening import NewLot, open_inspection

__all__ = ["Amended", "Decided", "NewLot", "amend", "cancel", "decide", "open_inspection", "wishes"]
