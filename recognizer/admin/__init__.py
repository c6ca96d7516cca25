"""Everything that is kept, for administrators; importing it registers every list."""

from recognizer.admin import file_removals, model_versions, predictions, uploads

__all__ = ["file_removals", "model_versions", "predictions", "uploads"]
