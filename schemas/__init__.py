"""What may come in and what goes out: one Pandera model a relation, every field described once, here."""
