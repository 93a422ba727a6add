"""What a person types: `run` and `close`, the commands that only read, payments, messages."""
