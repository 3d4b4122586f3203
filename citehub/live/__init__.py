"""Sources asked over the network: one transport, its pace, its keys, and what is kept of it."""
