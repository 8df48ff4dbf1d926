"""The embedded Dagster: instance, core assets, worker, queue, runs, records and results."""
