"""What is wrong with a document, rule by rule; no model involved."""
