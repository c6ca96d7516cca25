"""The one place that creates and deletes uploads and predictions."""
