"""How a model is trained: `train(TrainingConfig(), output, work)` and its progress."""

from mlmodel.training.config import TrainingConfig
from mlmodel.training.progress import Report, Step, shown_progress
from mlmodel.training.run import TrainingStopped, train

__all__ = ["Report", "Step", "TrainingConfig", "TrainingStopped", "shown_progress", "train"]
