"""Reading bulk dumps: the records of a work, who cites it, and what the source says about both."""
