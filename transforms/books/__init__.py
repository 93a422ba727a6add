"""The system of record: deliveries and closings in the store, who closed what, and what a closing posts."""
