"""Annotating genotypes: what a panel's authors say of the very genotype a sample has at each of their sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from genoteca.annotate.agreement import reference_agreement
from genoteca.annotate.answer import Answer, answer_of, shaped
from genoteca.annotate.arrays import calls_beside
from genoteca.annotate.assembly import assemble
from genoteca.annotate.by_rsid import NO_RSIDS, answered_by_rsid
from genoteca.annotate.calls import Calls
from genoteca.annotate.combinations import combination_rows, members_closed, opted
from genoteca.annotate.covering import OTHER_REFERENCE, contradicting, covering_pairs, meet, speaking_rows
from genoteca.annotate.deciding import decided
from genoteca.annotate.matching import match_loci
from genoteca.annotate.panel import BY_RSID, Panel, in_order, ordered_genotype
from genoteca.annotate.sample_tables import SampleTables
from genoteca.annotate.silence import Sites, silence
from genoteca.annotate.spans import KEY_SHIFT, RANK_SHIFT
from genoteca.annotate.writing_out import HOMOZYGOUS, with_answers
from genoteca.genome.alleles import trim_frame
from genoteca.genome.key import with_keys
from genoteca.genome.left_align import left_aligned
from genoteca.genome.sequence import ReferenceSequence
from genoteca.model.column import ANNOTATIONS, Column
from genoteca.model.evidence import Evidence, Match

__all__ = ["Panel", "annotate_genotypes", "ordered_genotype"]


def annotate_genotypes(
    panel: Panel, sample: SampleTables, *, columns: Sequence[Column], opted_in: frozenset[str]
) -> Answer:
    """Annotate a sample with a panel of the sample's build; one row per site and per combination.

    `called`: the genotype is authored, or the site's ALT is carried in one that nobody authored: then it has no
    conclusion. `other_allele`: neither. `reference` and `inferred`: the homozygous reference genotype, with its
    conclusion. A site without any authored genotype is a member of combinations only and concludes nothing itself.
    A site without a place in the build is asked for by its rsID (`by_rsid`), and marked so.

    Raises:
        ReferenceDataError: two sites or two genotypes of one site share a name, or a member is no site.
        DatasetError: the sample's variants are not sorted.

    """
    whole = members_closed(opted(in_order(panel), opted_in))
    shown = replace(whole, sites=whole.sites.filter(pl.col(BY_RSID).is_null()))
    named = answered_by_rsid(whole.sites.filter(pl.col(BY_RSID).is_not_null()), sample, whole.genotypes)
    loci = _loci(shown.sites, sample.reference_sequence())
    calls = calls_beside(sample, lambda _: loci.select("place", ref="s_ref", alt="s_alt"))
    by_place = np.argsort(loci["place"].to_numpy(), kind="stable")
    loci = loci[by_place]
    met = meet(loci, calls, covering_pairs(loci["place"].to_numpy(), calls), match_loci(loci, calls))
    by_rsid = _with_conclusions(named.table, whole)
    sites = pl.concat([_sites_answered(shown, sample, calls, met), by_rsid], how="diagonal_relaxed").sort("site")
    agreement = calls.supplied.agreement if calls.supplied else reference_agreement(met)
    against = len(contradicting(met))
    rows = combination_rows(whole, sites, first=_next_number(panel.sites))
    table = shaped(_padded(pl.concat([sites, rows], how="diagonal_relaxed"), columns), columns)
    promised = len(whole.sites) + len(rows)
    return answer_of(
        table,
        promised=promised,
        evidence=table["evidence"],
        sites=promised,
        agreement=agreement,
        unusable=calls.unusable | named.unusable | ({OTHER_REFERENCE: against} if against else {}),
        untestable=NO_RSIDS if named.nameless and not len(shown.sites) else "",
    )


def _next_number(sites: pl.DataFrame) -> int:
    return int(sites.select(pl.col("site").max().fill_null(-1) + 1).item())


def _loci(sites: pl.DataFrame, sequence: ReferenceSequence | None = None) -> pl.DataFrame:
    """One row per ALT of every site: as authored, and trimmed (and left-aligned as the sample was) under its key."""
    alleles = sites.select(
        "site", "chrom", "pos", base="ref", at="pos", ref="ref", label=pl.col("alt").str.split(",")
    ).explode("label")
    trimmed = trim_frame(alleles.with_columns(alt="label"))
    keyed = with_keys(trimmed if sequence is None else left_aligned(trimmed, sequence))
    framed = (pl.col("at") == pl.col("pos")) & (pl.col("ref") == pl.col("base"))
    return keyed.select(
        "site", "base", "label", "key", framed.alias("framed"), s_pos="pos", s_ref="ref", s_alt="alt",
        place=(pl.col("key") // (1 << KEY_SHIFT)).cast(pl.Int64),
    )  # fmt: skip


def _site_arrays(sites: pl.DataFrame) -> Sites:
    rank = pl.col("chrom").to_physical().cast(pl.Int64) + 1
    length = pl.col("ref").str.len_bytes().cast(pl.Int64)
    longest_alt = pl.col("alt").str.split(",").list.eval(pl.element().str.len_bytes()).list.max()
    arrays = sites.select(
        place=rank * (1 << RANK_SHIFT) + pl.col("pos"), length=length, single=(length == 1) & (longest_alt == 1)
    )
    place = arrays["place"].to_numpy()
    return Sites(
        place=place,
        end=place + arrays["length"].to_numpy() - 1,
        single=arrays["single"].to_numpy(),
        infer=sites["infer"].to_numpy(),
        always=np.zeros(len(sites), np.bool_),
    )


def _sites_answered(panel: Panel, sample: SampleTables, calls: Calls, met: pl.DataFrame) -> pl.DataFrame:
    recorded = panel.sites["site"].is_in(met["site"].unique().implode()).to_numpy()
    quiet = silence(_site_arrays(panel.sites), calls, recorded=recorded)
    against = contradicting(met)
    quiet.contradicted(panel.sites["site"].search_sorted(against["site"]).to_numpy(), against["line"].to_numpy())
    told = _told(met, panel)
    evidence = panel.sites.select("site").join(told, on="site", how="left", maintain_order="left")["evidence"]
    final = np.where(evidence.is_null().to_numpy(), quiet.evidence, evidence.to_physical().fill_null(0).to_numpy())
    answered = with_answers(panel.sites, calls.in_file(told), quiet.with_evidence(final.astype(np.uint8)), sample)
    single_alt = ~pl.col("alt").str.contains(",", literal=True)
    keys = _loci(panel.sites).unique("site", keep="first").select("site", "key")
    return (
        _with_conclusions(answered, panel)
        .join(keys, on="site", how="left", maintain_order="left")
        .with_columns(key=pl.when(single_alt).then("key"), dosage=pl.when(single_alt).then("dosage"))
    )


def _told(met: pl.DataFrame, panel: Panel) -> pl.DataFrame:
    """Decide the sites that a record speaks of.

    A genotype is authored when the panel has a text for it; at a site that only combinations use, when it is made of
    the site's own alleles.
    """
    assembled = assemble(speaking_rows(met)).with_columns(genotype=pl.coalesce("genotype", "text"))
    texts = panel.genotypes.select("site_id", "genotype", written=pl.lit(value=True))
    named = panel.sites.select("site", "site_id", plain=_plain_alleles())
    known = assembled.join(named, on="site", how="left").join(texts, on=["site_id", "genotype"], how="left")
    member_only = ~pl.col("site_id").is_in(panel.genotypes["site_id"].unique().implode())
    plain = pl.col("genotype").str.split("/").list.set_difference("plain").list.len() == 0
    return decided(known, authored=pl.col("written").fill_null(value=False) | (member_only & plain))


def _plain_alleles() -> pl.Expr:
    return pl.concat_list(pl.col("ref").str.split(","), pl.col("alt").str.split(","))


def _with_conclusions(answered: pl.DataFrame, panel: Panel) -> pl.DataFrame:
    """Add the authors' texts where the whole genotype is known; a half-known or contradicted one has none."""
    by_name = (pl.col("match") == Match.RSID.value) & (pl.col("evidence") != Evidence.PARTIAL.value)
    whole = (pl.col("match") == Match.GENOTYPE.value) | by_name | pl.col("evidence").is_in(HOMOZYGOUS)
    texts = [name for name in panel.genotypes.columns if name not in ("site_id", "genotype")]
    renamed = panel.genotypes.rename({name: f"authored_{name}" for name in texts})
    joined = answered.with_columns(looked_up=pl.when(whole).then("genotype")).join(
        renamed.rename({"genotype": "looked_up"}),
        on=["site_id", "looked_up"],
        how="left",
        validate="m:1",
        maintain_order="left",
    )
    said = [
        pl.coalesce(f"authored_{name}", name).alias(name)
        if name in answered.columns
        else pl.col(f"authored_{name}").alias(name)
        for name in texts
    ]
    return joined.with_columns(said).drop("looked_up", *(f"authored_{name}" for name in texts))


def _padded(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """A panel need not fill every column of its manifest: an absent one is empty."""
    wanted = [column.name for column in (*ANNOTATIONS, *columns)]
    return frame.with_columns(pl.lit(None).alias(name) for name in wanted if name not in frame.columns)
