"""Files of rows: reading Excel and CSV, guessing what a column means, writing what can be read again."""
