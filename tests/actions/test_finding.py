"""Finding: genes, places, modules, genomes and things to do, and never a word of what somebody carries."""

from __future__ import annotations

import pytest

from genoteca import actions
from genoteca.actions import App, Found, FoundKind
from genoteca.actions.known_genes import known_genes, learn_genes, symbols_in
from genoteca.engine import records
from genoteca.settings import Settings


def one(found: list[Found], kind: FoundKind) -> Found:
    """Give the first of a kind."""
    return next(offer for offer in found if offer.kind is kind)


def whose(desk: App) -> str:
    return actions.current_sample(desk)


def test_a_gene_of_an_installed_module_is_offered_as_one_types_and_leads_to_the_genome(desk: App) -> None:
    gene = one(actions.find(desk, "herc", whose(desk)), FoundKind.GENE)
    assert (gene.label, gene.target) == ("HERC2", f"/explore/{whose(desk)}?jump=HERC2")
    assert "Everyday traits" in gene.detail


def test_a_gene_is_found_whole_before_those_that_begin_so(desk: App) -> None:
    labels = [found.label for found in actions.find(desk, "ABO", whose(desk)) if found.kind is FoundKind.GENE]
    assert labels[0] == "ABO"


def test_a_gene_of_a_module_that_is_not_installed_is_not_offered(desk: App) -> None:
    assert [found for found in actions.find(desk, "brca1", whose(desk)) if found.kind is FoundKind.GENE] == []


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("RS4988235", "/explore/{}?jump=rs4988235"),
        ("chr2:135,851,000-135,852,000", "/explore/{}?jump=2%3A135851000-135852000"),
        ("2-135851076-G-A", "/variant/{}/2-135851076-G-A"),
    ],
)
def test_a_place_comes_first_and_leads_into_the_genome_that_is_looked_at(desk: App, typed: str, target: str) -> None:
    first = actions.find(desk, typed, whose(desk))[0]
    assert (first.kind, first.target) == (FoundKind.PLACE, target.format(whose(desk)))


def test_modules_genomes_settings_pages_and_help_are_found_by_any_word(desk: App) -> None:
    for typed, kind, target in (
        ("clinvar", FoundKind.MODULE, "/store/clinvar"),
        ("demo", FoundKind.SAMPLE, "/results/demo/synthetic"),
        ("memory", FoundKind.SETTING, "/settings#memory_gb"),
        ("annotate", FoundKind.ACTION, f"/genomes/{whose(desk)}/annotate"),
        ("what changed", FoundKind.ACTION, f"/changes/{whose(desk)}"),
        ("come from", FoundKind.ACTION, f"/lineage/{whose(desk)}"),
        ("add a genome", FoundKind.ACTION, "/genomes"),
        ("make a report", FoundKind.ACTION, f"/report/{whose(desk)}"),
        ("compare demo", FoundKind.ACTION, f"/compare?a={whose(desk)}"),
        ("asked of the internet", FoundKind.ACTION, "/settings#outside"),
        ("dark", FoundKind.ACTION, "/settings#theme"),
        ("ti/tv", FoundKind.TERM, "/help/glossary#titv"),
        ("evidence", FoundKind.HELP, "/help/evidence"),
        ("glossary", FoundKind.PAGE, "/help/glossary"),
    ):
        assert one(actions.find(desk, typed, whose(desk)), kind).target == target, typed


def test_before_anything_is_typed_it_says_what_can_be_done(desk: App) -> None:
    first = actions.find(desk, "  ", whose(desk))
    assert first[0].target == f"/results/{whose(desk)}"
    assert len(first) == 12


def test_without_a_genome_a_place_leads_to_adding_one(settings: Settings) -> None:
    app = actions.open_app(settings)
    found = actions.find(app, "rs4988235")[0]
    assert found.target == "/genomes"
    assert "add a genome first" in found.detail


def test_what_is_found_is_the_same_whatever_the_genome_carries(desk: App) -> None:
    """Genes come of what modules know for everyone: a genome without answers finds the same ones."""
    with_answers = [found.label for found in actions.find(desk, "cyp", whose(desk)) if found.kind is FoundKind.GENE]
    assert with_answers
    without = [found.label for found in actions.find(desk, "cyp") if found.kind is FoundKind.GENE]
    assert with_answers == without


def test_nothing_that_a_module_keeps_behind_a_question_is_told(desk: App) -> None:
    page = actions.result_page(desk, whose(desk), "everyday-traits", actions.Query(limit=100))
    closed = [row for row in page.rows if row["gate"]]
    assert closed
    for row in closed:
        for told in filter(None, (row["conclusion"], row["genotype"], row["effect"])):
            offers = actions.find(desk, str(told)[:60], whose(desk))
            assert all(str(told) not in f"{offer.label} {offer.detail}" for offer in offers)


def test_a_word_or_a_tag_of_a_note_leads_to_its_variant_and_a_removed_one_is_found_no_more(desk: App) -> None:
    key, name = whose(desk), "2-135851076-G-A"
    long = "Ask the aunt about cheese. " * 5
    actions.write_note(desk, key, name, f"{long}\nand about Emmental", ["Family story"])
    for typed in ("emmental", "CHEESE aunt", "family story", "#Family story", "family"):
        note = one(actions.find(desk, typed, key), FoundKind.NOTE)
        assert note.target == f"/variant/{key}/{name}", typed
        assert note.label.startswith("Ask the aunt"), typed
        assert len(note.label) <= 80, typed
        assert "Family story" in note.detail, typed
    assert actions.find(desk, "family story", key)[0].kind is FoundKind.NOTE, (
        "a whole tag comes before what begins so"
    )
    actions.write_note(desk, key, name, "", ["Gouda"])
    assert one(actions.find(desk, "gouda"), FoundKind.NOTE).label == "Gouda"
    actions.remove_note(desk, key, name)
    assert not any(found.kind is FoundKind.NOTE for found in actions.find(desk, "gouda", key))


def test_genes_of_a_published_reference_are_known_once_they_are_learnt(desk: App) -> None:
    learn_genes(desk)
    published = records.for_everyone(desk.layout, "everyday-traits")
    assert published
    assert "HERC2" in known_genes(desk)
    assert learn_genes(desk) is False, "what was learnt is not read again"


def test_symbols_are_told_from_the_words_beside_them() -> None:
    cells = ["MCM6 (controls LCT)", "near ZEB2", "F5, F2", "BRCA2;LOC106721785", "HLA-DQA1", "C9orf72", ""]
    assert symbols_in(cells) == {"MCM6", "ZEB2", "F5", "F2", "BRCA2", "LOC106721785", "HLA-DQA1", "C9orf72"}
