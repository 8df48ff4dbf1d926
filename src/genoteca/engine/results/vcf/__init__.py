"""A sample's own file with the answers of modules in INFO: its records and their order unchanged."""

from genoteca.engine.results.vcf.answers import ModuleAnswers
from genoteca.engine.results.vcf.writing import SourceText, Written, write_vcf

__all__ = ["ModuleAnswers", "SourceText", "Written", "write_vcf"]
