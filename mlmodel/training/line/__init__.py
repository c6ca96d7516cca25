"""Training of the network that reads whole lines, on synthetic pictures."""

from mlmodel.training.line.config import LineConfig
from mlmodel.training.line.run import train_line_network

__all__ = ["LineConfig", "train_line_network"]
