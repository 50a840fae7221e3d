"""Changes the text of a document and nothing else in it: every other byte stays."""
