"""Looking back: narrowing, paging and exporting one's uploads."""
