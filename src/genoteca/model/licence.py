"""What a licence lets a person do, told from its SPDX expression."""

from __future__ import annotations

import re
from enum import StrEnum

__all__ = ["Use", "use_of"]


class Use(StrEnum):
    """What may be done with data or a program, from the freest to what nobody has said."""

    ANY = "free for any use"
    NAMED = "free for any use, naming the source"
    ALIKE = "free for any use, naming the source, on the same terms"
    LEARNING = "not for commercial use"
    OWN = "yours"
    UNKNOWN = "under its own terms"

    @property
    def open(self) -> bool:
        """Whether it is open by the Open Definition (https://opendefinition.org/od/2.1/en/): any use, by anybody."""
        return self in (Use.ANY, Use.NAMED, Use.ALIKE)


_USES = (
    (re.compile(r"CC-BY-NC\b.*|LicenseRef-Not-for-commercial-use", re.IGNORECASE), Use.LEARNING),
    (re.compile(r"CC-BY-SA-.*|ODbL-1\.0", re.IGNORECASE), Use.ALIKE),
    (re.compile(r"CC-BY-\d.*|ODC-By-1\.0|etalab-2\.0|OGL-UK-\d.*", re.IGNORECASE), Use.NAMED),
    (
        re.compile(
            r"CC0-1\.0|PDDL-1\.0|Unlicense|0BSD|MIT|MIT-0|Apache-2\.0|BSD-[23]-Clause|ISC|CC-PDDC|MPL-2\.0"
            r"|LicenseRef-(NCBI-)?Public-?Domain|LicenseRef-Ensembl",
            re.IGNORECASE,
        ),
        Use.ANY,
    ),
    (re.compile(r"LicenseRef-Yours", re.IGNORECASE), Use.OWN),
)
"""By SPDX identifier (https://spdx.org/licenses/). Ensembl and NCBI place no restriction on the use of their data:
https://www.ensembl.org/info/about/legal/disclaimer.html, https://www.ncbi.nlm.nih.gov (Policies)."""
_STRICTNESS = (Use.ANY, Use.NAMED, Use.ALIKE, Use.LEARNING, Use.OWN, Use.UNKNOWN)


def use_of(spdx: str) -> Use:
    """Say what an SPDX expression allows: of parts joined by AND the strictest, by OR the freest."""
    either = [
        max((_one(part) for part in re.split(r"\s+AND\s+", whole, flags=re.IGNORECASE)), key=_STRICTNESS.index)
        for whole in re.split(r"\s+OR\s+", spdx, flags=re.IGNORECASE)
    ]
    return min(either, key=_STRICTNESS.index)


def _one(spdx: str) -> Use:
    name = spdx.strip("() ")
    return next((use for pattern, use in _USES if pattern.fullmatch(name)), Use.UNKNOWN)
