"""Sources of hubs, a module each: what they say, and on which line."""
