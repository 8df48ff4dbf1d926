"""The words as types: build, variant columns, sample, module, evidence, run; no files, no network, no Dagster."""
