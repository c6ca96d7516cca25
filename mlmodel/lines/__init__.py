"""One line of writing: a strip of one height, read column by column."""
