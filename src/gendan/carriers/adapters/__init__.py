"""The adapters to carriers' services, by their code. A carrier without one is told by hand."""

from gendan.carriers.adapters.base import Account, Adapter, Asked, Failed, Field
from gendan.carriers.adapters.kuaidi100 import Kuaidi100
from gendan.carriers.adapters.simulator import Simulator

ADAPTERS: dict[str, Adapter] = {adapter.code: adapter for adapter in (Kuaidi100(), Simulator())}

__all__ = ["ADAPTERS", "Account", "Adapter", "Asked", "Failed", "Field"]
