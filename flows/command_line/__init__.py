"""What a command is given and what it says: options, places, suggested commands, a terminal, faults of the machine."""
