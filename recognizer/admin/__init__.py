"""Lists of everything that is stored, for administrators; importing this registers them."""

from recognizer.admin import file_removals, model_versions, predictions, uploads

__all__ = ["file_removals", "model_versions", "predictions", "uploads"]
