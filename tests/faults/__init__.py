"""What can go wrong, as counted cases: ``make faults`` runs as many as the time allows."""
