"""What a text must satisfy: its length, its pattern, its check digit, a list, a date."""
