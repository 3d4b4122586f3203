"""Asking sources over the network: one transport, its pace, its keys, and kept answers."""
