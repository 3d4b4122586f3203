"""Parsers under inputs that nobody would write: ``make fuzz`` tries more of them."""
