"""The rules of evidence once more, slowly: one site at a time, in plain loops. The vectorised code must agree."""

from __future__ import annotations

from typing import Any

from genoteca.model.build import mhc, par
from genoteca.model.sample import SampleKind, Sex

Row = dict[str, Any]


def expected(site: Row, rows: list[Row], blocks: list[Row], world: Any) -> tuple[str, str | None, int | None]:
    """Give evidence, genotype and dosage of one allele."""
    heard = [(spoken, row) for row in rows if (spoken := speaks(site, row))]
    told = decide(site, heard) if heard else None
    if told is not None:
        return told
    evidence = quiet(site, bool(covering(site, rows)), rows, blocks, world)
    if evidence in ("reference", "inferred"):
        homozygous = site["ref"] if one_copy(site, world) else f"{site['ref']}/{site['ref']}"
        return evidence, homozygous, None if site["chrom"] == "MT" else 0
    return evidence, None, None


def alleles_of(row: Row) -> list[str]:
    return str(row["genotype"]).replace("|", "/").split("/")


def carried(row: Row, rows: list[Row]) -> bool:
    if row["chrom"] != "MT":
        return bool(row["dosage"])
    if row["allele_fraction"] is not None:
        return bool(row["allele_fraction"] >= 0.1)
    alleles = alleles_of(row)
    alone = sum(other["line"] == row["line"] for other in rows if other["chrom"] == "MT") == 1
    return row["alt"] in alleles or (alone and not {"?", "*"} & set(alleles))


def copies(row: Row) -> int:
    if row["chrom"] != "MT":
        return int(row["dosage"])
    return max(1, alleles_of(row).count(row["alt"])) if row["carried"] else 0


def covering(site: Row, rows: list[Row]) -> list[Row]:
    return [
        row
        for row in rows
        if row["chrom"] == site["chrom"] and row["pos"] <= site["pos"] < row["pos"] + len(row["ref"])
    ]


def speaks(site: Row, row: Row) -> tuple[str, str | None, bool] | None:
    """Say how a row speaks of a site, how it spells its allele there, and whether only a part of it is there."""
    if not covering(site, [row]):
        return None
    offset = site["pos"] - row["pos"]
    ref, alt, size = row["ref"], row["alt"], len(site["ref"])
    if (offset, ref, alt) == (0, site["ref"], site["alt"]):
        return "own", alt, False
    wide = offset + size <= len(ref)
    if len(ref) > 1 and alt == ref[0] and offset and wide:
        return ("deleted", "*", False) if row["carried"] else None
    if len(site["ref"]) == len(site["alt"]):
        return at_substitution(site, row, offset, wide=wide)
    if offset or len(ref) == len(alt):
        return None
    return "own", alt + site["ref"][len(ref) :] if size >= len(ref) else None, False


def at_substitution(site: Row, row: Row, offset: int, *, wide: bool) -> tuple[str, str | None, bool] | None:
    ref, alt, size = row["ref"], row["alt"], len(site["ref"])
    if len(ref) == len(alt):
        sliced = len(ref) != size
        if wide:
            return "own", alt[offset : offset + size], sliced
        if offset == 0 and not (row["carried"] and site["alt"].startswith(alt)):
            return "own", alt + site["ref"][len(alt) :], sliced
        return ("own", "?", sliced) if offset == 0 or row["carried"] else None
    indel = (len(ref) == 1 and alt[0] == ref) or (len(alt) == 1 and ref[0] == alt)
    if not indel and row["carried"]:
        return "own", "?", False
    return ("beside", None, False) if offset == 0 else None


def decide(site: Row, heard: list[Any]) -> tuple[str, str | None, int | None] | None:
    kind = next(kind for kind in ("own", "beside", "deleted") if any(spoken[0] == kind for spoken, _ in heard))
    mentioned = [(spoken, row) for spoken, row in heard if spoken[0] == kind]
    deletions = [row for spoken, row in heard if spoken[0] == "deleted"]
    ploidy = max(row["ploidy"] for row in best_each(mentioned).values())
    best = best_each(mentioned)
    known = {a: r for a, r in best.items() if kind == "own" and a not in (site["ref"], "?")}
    unclear = best["?"]["copies"] if kind == "own" and "?" in best else 0
    total = sum(row["copies"] for row in known.values()) + unclear
    overfull = total > ploidy
    rest = max(ploidy - total, 0)
    starred = 0 if kind == "deleted" else max(alleles_of(row).count("*") for row in best.values())
    removed = best_each([(("deleted", "*", False), row) for row in deletions])
    stars = min(rest, max([starred, *(row["copies"] for row in removed.values())]))
    untold = min(rest - stars, max(row["missing"] for row in best.values()))
    unknown = unclear + untold
    if kind == "deleted" and stars < ploidy:
        return None
    outside = any(not isinstance(a, str) and row["carried"] for a, row in known.items())
    spelled = None
    if kind != "beside" and not overfull and not outside:
        bare = rest - stars - untold
        spelled = spell(site, {a: r["copies"] for a, r in known.items()}, bare, stars, unknown)
    by_line = {row["line"]: row["genotype"] for _, row in mentioned}
    texts = [by_line[line] for line in sorted(by_line)]
    sliced = any(spoken[2] for spoken, row in mentioned if any(row["row"] == b["row"] for b in best.values()))
    if len(texts) == 1 and not sliced and stars <= starred and kind != "deleted":
        text = texts[0]
    else:
        text = spelled or ", ".join(texts)
    mitochondrial = site["chrom"] == "MT"
    hit = best.get(site["alt"]) if kind == "own" else None
    if hit is not None and hit["carried"]:
        evidence = "partial" if unknown and not overfull else "called"
        return evidence, text, hit["dosage"]
    evidence = "partial" if unknown or overfull else "other_allele"
    return evidence, text, None if mitochondrial or evidence == "partial" else 0


def best_each(mentioned: list[Any]) -> dict[Any, Row]:
    """Keep the best row of every allele; one that fits no frame is named by its record."""
    best: dict[Any, Row] = {}
    for spoken, row in mentioned:
        name = "*" if spoken[0] != "own" else (spoken[1] if spoken[1] is not None else (row["line"], row["allele"]))
        if name not in best or rank(spoken, row) < rank(best[name]["spoken"], best[name]):
            best[name] = row | {"spoken": spoken}
    for name, row in best.items():
        own = next(r for _, r in mentioned if r["row"] == row["row"])
        # alleles of one record that spell a site alike are counted together
        alike = [r for spoken, r in mentioned if spoken[:2] == ("own", name) and r["line"] == own["line"]]
        summed = {k: sum(r[k] or 0 for r in alike) for k in ("copies", "dosage") if alike and own[k] is not None}
        best[name] = own | summed
    return best


def rank(spoken: Any, row: Row) -> tuple[Any, ...]:
    hit = row["carried"] and spoken[1] == row["asked"]
    return not hit, not row["exact"], not row["carried"], row["missing"], row["filtered"], row["row"]


def spell(site: Row, known: dict[Any, int], bare: int, stars: int, unknown: int) -> str:
    plain = [a for a, n in known.items() for _ in range(n)] + [site["ref"]] * bare
    tail = ["*"] * stars + ["?"] * unknown
    if site["chrom"] == "MT":
        plain, tail = list(dict.fromkeys(plain)), list(dict.fromkeys(tail))
    return "/".join(sorted(plain, key=lambda a: (len(a), a)) + tail)


def one_copy(site: Row, world: Any) -> bool:
    if site["chrom"] == "MT":
        return True
    in_par = any(r.chrom == site["chrom"] and r.start <= site["pos"] <= r.end for r in par(world.build))
    return not in_par and (site["chrom"] == "Y" or (site["chrom"] == "X" and world.sex is Sex.MALE))


def quiet(site: Row, recorded: bool, rows: list[Row], blocks: list[Row], world: Any) -> str:
    span = range(site["pos"], site["pos"] + len(site["ref"]))

    def held(position: int, evidence: str) -> bool:
        return any(
            b["chrom"] == site["chrom"] and b["evidence"] == evidence and b["start"] <= position <= b["end"]
            for b in blocks
        )

    if any(held(position, "no_call") for position in span):
        return "no_call"
    if all(held(position, "reference") for position in span):
        return "reference"
    if not recorded and may_infer(site, rows, world):
        return "inferred"
    return "not_applicable" if site["chrom"] == "Y" and world.sex is Sex.FEMALE else "not_covered"


def may_infer(site: Row, rows: list[Row], world: Any) -> bool:
    region = mhc(world.build)
    in_mhc = site["chrom"] == region.chrom and region.start <= site["pos"] <= region.end
    near = any(
        row["carried"] and row["chrom"] == site["chrom"] and abs(row["pos"] - site["pos"]) <= world.rules.infer_within
        for row in rows
    )
    single = len(site["ref"]) == len(site["alt"]) == 1
    whole = world.kind is SampleKind.WHOLE_GENOME
    return (
        whole and site["infer"] and not site["always"] and single and not in_mhc and near
        and site["chrom"] not in ("Y", "MT")
    )  # fmt: skip
