"""The history: filtering, paging and exporting one's uploads."""
