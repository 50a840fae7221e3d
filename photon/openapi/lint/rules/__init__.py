"""The rules, by what they are about. Importing a module registers its rules."""
