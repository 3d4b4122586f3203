"""Sources of hubs, one module each: what they say, and where."""
