"""What the comments of an array file say: who made it, in which genome build, and on which strand its alleles are.

| maker | build in the comments | strand in the comments |
|---|---|---|
| 23andMe | "human assembly build 36" (2011), "build 37" | "with respect to the plus strand" |
| AncestryDNA | "human reference build 37.1" | "on the forward (+) strand" |
| MyHeritage | "##reference=build37", "build 37" | "on the forward (+) strand" |
| Living DNA | "Build 37 (GRCh37.p13)" | "presented on the forward strand" |
| Mapmygenome | "human assembly build 37" | "oriented to plus strand"; older tables: the columns named Plus |
| deCODEme | none | a Strand column, row by row |
| Codigo46 | none | the columns named Plus |
| FamilyTreeDNA, CircleDNA, tellmeGen, Sano, SelfDecode, 23Mofang, DNA.Land, Genes for Good | none seen | none seen |

Illumina's "Forward" is dbSNP's orientation and "Top" that of the probe; neither is the plus strand of the genome
(https://www.illumina.com/documents/products/technotes/technote_topbot.pdf), so columns of these names declare none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from genoteca.model.build import Build

__all__ = ["builds_named", "declares_plus_strand", "says_imputed", "vendor_of", "words_of"]

_VENDORS = (
    ("Genes for Good", re.compile(r"genes for good", re.IGNORECASE)),
    ("Mapmygenome", re.compile(r"mapmygenome", re.IGNORECASE)),
    ("DNA.Land", re.compile(r"dna\.land", re.IGNORECASE)),
    ("23Mofang", re.compile(r"23mofang", re.IGNORECASE)),
    ("SelfDecode", re.compile(r"selfdecode", re.IGNORECASE)),
    ("tellmeGen", re.compile(r"tellmegen", re.IGNORECASE)),
    ("Codigo46", re.compile(r"codigo46", re.IGNORECASE)),
    ("Sano", re.compile(r"\bsano\b", re.IGNORECASE)),
    ("CircleDNA", re.compile(r"\bcircle", re.IGNORECASE)),
    ("AncestryDNA", re.compile(r"ancestry\s?dna|ancestry\.com", re.IGNORECASE)),
    ("MyHeritage", re.compile(r"myheritage", re.IGNORECASE)),
    ("FamilyTreeDNA", re.compile(r"family\s?tree\s?dna|famfinder|ftdna", re.IGNORECASE)),
    ("Living DNA", re.compile(r"living\s?dna", re.IGNORECASE)),
    ("23andMe", re.compile(r"23andme", re.IGNORECASE)),
)
"""23andMe stands last: others say that theirs is a file in the form of 23andMe's."""

_BY_COLUMNS = {
    ("rsid", "chromosome", "position", "result"): "FamilyTreeDNA",
    ("name", "variation", "chromosome", "position", "strand", "yourcode"): "deCODEme",
    ("rsid", "chromosome", "position", "allele_1", "allele_2"): "Sano",
}

_BUILDS = {
    Build.NCBI36: re.compile(r"(?<![a-z])build[ _=]?36(?!\d)|ncbi ?36|hg18", re.IGNORECASE),
    Build.GRCH37: re.compile(r"(?<![a-z])build[ _=]?37(?!\d)|grch37|hg19", re.IGNORECASE),
    Build.GRCH38: re.compile(r"(?<![a-z])build[ _=]?38(?!\d)|grch38|hg38", re.IGNORECASE),
}

_PLUS = re.compile(
    r"(?<!not )\b(?:on|to|presented on|respect to)(?: the)? (?:plus|forward)(?: \(\+\))? strand", re.IGNORECASE
)
_IMPUTED = re.compile(r"(?<!not )(?<!non-)\bimputed\b", re.IGNORECASE)


def words_of(comments: Iterable[str]) -> str:
    """Join comment lines to one running text: their sentences break where a line ends."""
    return re.sub(r"\s+", " ", " ".join(line.lstrip("#").strip() for line in comments)).strip()


def vendor_of(words: str, columns: Sequence[str]) -> str:
    """Name the maker, by what the comments say, else by columns that only one writes; empty: nothing tells."""
    named = next((name for name, pattern in _VENDORS if pattern.search(words)), "")
    return named or _BY_COLUMNS.get(tuple(column.lower() for column in columns), "")


def builds_named(words: str) -> dict[Build, str]:
    """Give the genome builds that the comments name, with the words that do."""
    found = ((build, pattern.search(words)) for build, pattern in _BUILDS.items())
    return {build: match[0] for build, match in found if match}


def declares_plus_strand(words: str) -> bool:
    """Whether the comments say that the alleles are those of the plus (forward) strand."""
    return _PLUS.search(words) is not None


def says_imputed(words: str) -> bool:
    """Whether the comments say that genotypes were imputed: guessed from others, not measured."""
    return _IMPUTED.search(words) is not None
