"""The help: terms, pages, and finding them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from genoteca import actions
from genoteca.errors import NotFoundError
from genoteca.ui import words
from genoteca.ui.components.help_link import PAGES, help_for
from genoteca.ui.pages.settings import LIMIT_WORDS

ROOT = Path(__file__).resolve().parents[2]
_NEEDED = """
VCF gVCF Genotype Allele GRCh37 GRCh38 Heterozygous Carrier Penetrance stars rsID depth Exome ClinVar BED
"""
NEEDED = _NEEDED.split()


@pytest.mark.parametrize("word", [*NEEDED, "allele frequency", "no call", "not covered", "hg19", "VUS"])
def test_a_word_is_explained_in_a_sentence_with_where_it_is_from(word: str) -> None:
    term = actions.find_term(word)
    assert term.short.endswith(".")
    assert len(term.short) < 120
    assert term.source_url.startswith("https://") or actions.help_page(term.page).title


def test_every_term_names_a_source_or_a_page_that_is_there_and_no_word_stands_for_two() -> None:
    terms = actions.glossary()
    pages = {page.name for page in actions.help_pages()}
    assert [one.id for one in terms if not one.source_url and one.page not in pages] == []
    words = [word.lower() for one in terms for word in (one.term, *one.also)]
    assert sorted(word for word in set(words) if words.count(word) > 1) == []


def test_every_word_that_a_screen_links_is_explained() -> None:
    explained = {word.lower() for one in actions.glossary() for word in (one.term, *one.also)}
    linked = {*words.EVIDENCE.values(), *LIMIT_WORDS, "Inferred"}
    assert [word for word in sorted(linked) if word.lower() not in explained] == []


def test_a_word_that_is_not_explained_is_refused() -> None:
    with pytest.raises(NotFoundError):
        actions.find_term("no such word")


def test_a_search_finds_terms_and_pages_by_all_words_names_first() -> None:
    hits = actions.search_help("gvcf")
    assert hits[0].address == "/help/glossary#gvcf"
    assert "/help/evidence" in {hit.address for hit in hits}
    both = actions.search_help("memory limit")
    assert all(re.search("memory", f"{hit.title}", re.IGNORECASE) or hit.excerpt for hit in both)
    assert actions.search_help("no-such-word-anywhere") == []
    assert actions.search_help("   ") == []


def test_every_address_of_the_app_opens_a_help_page_that_is_there() -> None:
    routes = (ROOT / "src" / "genoteca" / "ui" / "routes.py").read_text("utf-8")
    addresses = [re.sub(r"\{\w+\}", "x", one) for one in re.findall(r'@_page\("([^"]+)"\)', routes)]
    assert len(addresses) > 15
    assert [one for one in addresses if help_for(one) == "/help"] == []


def test_a_page_without_help_of_its_own_leads_to_the_list() -> None:
    assert help_for("/no/such/place") == "/help"
    assert all(re.compile(pattern) for pattern, _ in PAGES)


def test_links_between_help_pages_lead_somewhere() -> None:
    there = {f"/help/{page.name}" for page in actions.help_pages()} | {"/help/glossary"}
    linked = {
        address.partition("#")[0]
        for page in actions.help_pages()
        for address in re.findall(r"\]\((/help/[^)]*)\)", page.text)
    }
    assert linked <= there
