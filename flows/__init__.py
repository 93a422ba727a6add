"""What runs, in which order: the `dpor` program, the written list of steps, and the Prefect flow that walks it."""
