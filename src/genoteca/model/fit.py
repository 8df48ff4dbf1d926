"""Whether a module can answer for a genome, in one word."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Fit"]


class Fit(StrEnum):
    """What a module needs before it can answer for a genome; nothing, if all is well."""

    YES = "yes"
    SETUP = "needs its file"
    LIFTOVER = "needs liftover"
    GVCF = "needs a gVCF"
    NO = "no"
