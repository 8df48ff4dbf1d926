"""Write the synthetic demo genome and its known answers from the tables of the module everyday-traits.

Run as `python assets/demo/make_demo.py`. Standard library only, no chance: the same tables give the same text.
Every base in the file is a site's REF or ALT from `sites.csv` (GRCh38), but for one ALT named below; a reference
block starts at a site, so no other base is ever named.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLES = HERE.parents[1] / "plugins" / "everyday-traits" / "src" / "genoteca_everyday_traits"

# Assembly report of GCF_000001405.40 (GRCh38.p14), in the order of the genome.
CONTIGS = {
    "1": 248956422,
    "2": 242193529,
    "3": 198295559,
    "4": 190214555,
    "5": 181538259,
    "6": 170805979,
    "7": 159345973,
    "8": 145138636,
    "9": 138394717,
    "10": 133797422,
    "11": 135086622,
    "12": 133275309,
    "13": 114364328,
    "14": 107043718,
    "15": 101991189,
    "16": 90338345,
    "17": 83257441,
    "18": 80373285,
    "19": 58617616,
    "20": 64444167,
    "21": 46709983,
    "22": 50818468,
    "X": 156040895,
    "Y": 57227415,
    "MT": 16569,
}

# What the invented person carries where it is not simply the reference twice. `absent` writes no record at all.
GENOTYPES = {
    "lactase-persistence-13910": "0/1",
    "caffeine-cyp1a2": "0|1",
    "caffeine-ahr": "1/1",
    "alcohol-adh1b": "1/1",
    "eye-colour-herc2": "0/1",
    "eye-hair-colour-slc24a4": "0/1",
    "pigment-slc45a2": "1/1",
    "skin-colour-tyr-192": "0/1",
    "red-hair-mc1r-r151c": "0/1",
    "muscle-actn3": "0/1",
    "secretor-fut2": "0/1",
    "iron-hfe-c282y": "0/1",
    "weight-fto": "0/1",
    "glucose-mtnr1b": "0/1",
    "vitamin-d-gc": "0/1",
    "beta-carotene-bco1": "./.",
    "omega-fats-fads1": "absent",
    "photic-sneeze": "./1",
    "folate-mthfr-677": "0/1",
    "hiv-entry-ccr5": "0/1",
    "dopamine-comt": "0/1",
    "triglycerides-gckr": "1/1",
    "bilirubin-ugt1a1": "0/1",
    "height-hmga2": "0/1",
    "taste-tas2r38-49": "0/1",
    "taste-tas2r38-262": "0/1",
    "taste-tas2r38-296": "0/1",
}
FILTERED = {"red-hair-mc1r-r151c": "LowQual"}
WEAK = {"ldl-sort1"}
"""0/0 with GQ 0: the file cannot tell."""
SPLIT = {"asparagus-smell": "T"}
"""A multi-allelic genotype written as two records; the second ALT, known to dbSNP, is given here."""
BLOCK = 150

HEADER = (
    "##fileformat=VCFv4.2",
    "##source=genoteca demo genome, synthetic: not a person",
    "##reference=GRCh38",
    '##ALT=<ID=NON_REF,Description="Any other allele at this position">',
    '##FILTER=<ID=PASS,Description="All filters passed">',
    '##FILTER=<ID=LowQual,Description="Low quality">',
    '##INFO=<ID=END,Number=1,Type=Integer,Description="Last position of a reference block">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads of each allele">',
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads">',
    '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Genotype quality, phred-scaled">',
    '##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description="Fewest reads in a reference block">',
    '##FORMAT=<ID=PS,Number=1,Type=Integer,Description="Phase set">',
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """One site of the module on GRCh38; `pos` is 1-based."""

    name: str
    chrom: str
    pos: int
    ref: str
    alt: str

    @property
    def depth(self) -> int:
        """Reads at the site: between 26 and 44, told by the position alone."""
        return 26 + self.pos % 19


def read(table: str) -> list[dict[str, str]]:
    """Read one of the module's tables."""
    with (TABLES / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sites() -> list[Site]:
    """All sites of the module, in the order of the genome."""
    found = [
        Site(
            name=row["site"],
            chrom=row["chrom_GRCh38"],
            pos=int(row["pos_GRCh38"]),
            ref=row["ref_GRCh38"],
            alt=row["alt_GRCh38"],
        )
        for row in read("sites.csv")
    ]
    order = list(CONTIGS)
    return sorted(found, key=lambda site: (order.index(site.chrom), site.pos))


def contig(chrom: str) -> str:
    """Name of the chromosome in the file."""
    return "chrM" if chrom == "MT" else f"chr{chrom}"


def record(site: Site, alt: str, info: str, **sample: object) -> str:
    """One line; the keywords are the FORMAT fields in order."""
    passed = "." if info != "." else FILTERED.get(site.name, "PASS")
    qual = "." if info != "." or sample["GT"] == "./." else f"{14 * site.depth + 0.64:.2f}"
    values = ":".join(str(value) for value in sample.values())
    fields = [contig(site.chrom), site.pos, ".", site.ref, alt, qual, passed, info, ":".join(sample), values]
    return "\t".join(str(field) for field in fields)


def block(site: Site, last: int) -> str:
    """A hom-ref reference block that starts at the site and ends at `last`, both inclusive."""
    depth = site.depth - 4
    quality = 0 if site.name in WEAK else min(99, 3 * depth)
    return record(site, "<NON_REF>", f"END={last}", GT="0/0", DP=site.depth, GQ=quality, MIN_DP=depth)


def called(site: Site, genotype: str) -> str:
    """A record with a genotype, as a gVCF writes it."""
    counts = {"1/1": (0, site.depth), "./.": (0, 0)}.get(genotype, (site.depth - site.depth // 2, site.depth // 2))
    fields: dict[str, object] = {
        "GT": genotype,
        "AD": f"{counts[0]},{counts[1]},0",
        "DP": sum(counts),
        "GQ": {"./.": 0, "./1": 31}.get(genotype, 99),
    }
    if "|" in genotype:
        fields["PS"] = site.pos
    return record(site, f"{site.alt},<NON_REF>", ".", **fields)


def split(site: Site, second: str) -> list[str]:
    """A genotype of two different ALTs, written as two records at one position."""
    half = site.depth // 2
    depths = {"AD": f"0,{half}", "DP": site.depth, "GQ": 99}
    return [record(site, site.alt, ".", GT="1/0", **depths), record(site, second, ".", GT="0/1", **depths)]


def lines_of(site: Site, last: int) -> list[str]:
    """The records of one site."""
    if site.name in SPLIT:
        return split(site, SPLIT[site.name])
    genotype = GENOTYPES.get(site.name, "0/0")
    if genotype == "absent":
        return []
    return [block(site, last) if genotype == "0/0" else called(site, genotype)]


def vcf() -> str:
    """The whole file as text."""
    contigs = [f"##contig=<ID={contig(name)},length={length},assembly=GRCh38>" for name, length in CONTIGS.items()]
    columns = "#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT SYNTHETIC_DEMO".replace(" ", "\t")
    lines = [*HEADER, *contigs, columns]
    ordered = sites()
    for site, following in zip(ordered, [*ordered[1:], None], strict=True):
        last = site.pos + BLOCK - 1
        if following is not None and following.chrom == site.chrom:
            last = min(last, following.pos - 1)
        lines += lines_of(site, last)
    return "\n".join(lines) + "\n"


def spell(alleles: list[str]) -> str:
    """Alleles as the module's tables write a genotype: shorter first, then by the alphabet, the unknown one last."""
    return "/".join(sorted(alleles, key=lambda allele: (allele == "?", len(allele), allele)))


def answer(site: Site) -> dict[str, object]:
    """What the module must say of the site; `?` is an unknown allele."""
    if site.name in SPLIT:
        return {"genotype": spell([site.alt, SPLIT[site.name]]), "evidence": "called"}
    genotype = GENOTYPES.get(site.name, "0/0")
    if genotype == "absent":
        return {"genotype": None, "evidence": "not_covered"}
    if genotype == "./." or site.name in WEAK:
        return {"genotype": None, "evidence": "no_call"}
    alleles = [{"0": site.ref, "1": site.alt, ".": "?"}[number] for number in genotype.replace("|", "/").split("/")]
    evidence = {"0/0": "reference", "./1": "partial"}.get(genotype, "called")
    told: dict[str, object] = {"genotype": spell(alleles), "evidence": evidence}
    if site.name in FILTERED:
        told["filtered"] = True
    if "|" in genotype:
        told["phased"] = True
    return told


def combination_answers(told: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """What each combination must say, given the answers of its sites; a combination that fits no row is left out."""
    answers: dict[str, dict[str, object]] = {}
    for row in read("combinations.csv"):
        members = dict(member.split("=") for member in row["members"].split(";"))
        if all(told[name]["genotype"] == genotype for name, genotype in members.items()):
            evidence = sorted({str(told[name]["evidence"]) for name in members})
            answers[row["combination"]] = {
                "result": row["result"],
                "effect": row["effect"],
                "evidence": evidence,
                "opt_in": row["opt_in"] or None,
            }
    return answers


def answers() -> str:
    """The known answers as JSON text."""
    told = {site.name: answer(site) for site in sites()}
    effects = {(row["site"], row["genotype"]): row["effect"] for row in read("genotypes.csv")}
    for name, entry in told.items():
        entry["effect"] = effects.get((name, str(entry["genotype"])))
    whole = {
        "about": "Known answers of the synthetic demo genome for the module everyday-traits on GRCh38. Not a person.",
        "sample": "SYNTHETIC_DEMO",
        "build": "GRCh38",
        "sites": told,
        "combinations": combination_answers(told),
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    """Write both files into the folder."""
    # No file name and no time in the gzip header: the same text gives the same bytes.
    with (folder / "demo-genome.vcf.gz").open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(vcf().encode())
    (folder / "answers.json").write_text(answers(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=HERE, help="where to write, by default beside this script")
    write(parser.parse_args().folder)
