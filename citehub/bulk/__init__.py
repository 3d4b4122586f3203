"""Reading bulk dumps: which records are a work, who cites it, and what is said of both."""
