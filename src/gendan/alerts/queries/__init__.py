"""Reading exceptions: how rules find, how they are set up, cases for lists and pages, their words."""
