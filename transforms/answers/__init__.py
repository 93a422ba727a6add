"""What the commands that only read answer: as text for a person, as facts for a script."""
