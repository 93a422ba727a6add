"""Ray and Dask: whether a cluster lets us in, and nobody else, and its workers' part of a run."""
