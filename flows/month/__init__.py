"""A month worked out: its steps, what it is refused for, closed, brought back, worked out again and proved."""
