"""What an operator sees: events in the log, counters, health."""
