"""The user's document as it stands in its file: the values, and the place of each in the text."""
