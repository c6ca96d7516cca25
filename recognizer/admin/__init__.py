"""Lists of everything that is stored, for administrators; importing this registers them."""

from recognizer.admin import batches, file_removals, jobs, model_versions, predictions, uploads

__all__ = ["batches", "file_removals", "jobs", "model_versions", "predictions", "uploads"]
