"""Consumer DNA arrays (23andMe, AncestryDNA and kin): recognised by content, read, every row accounted for.

Own parsing, not the library `snps` (2.12.1, BSD-3-Clause, https://github.com/apriha/snps), which was tried on the
same files:

- Correctness. It assumes build 37 where nothing tells (for 32 of the small files of its own tests); keeps the first
  of three rows with one rsID; stops with an error at a file with one position that is no number; gives no row and no
  word for deCODEme's layout and for Genes for Good without column names. Three layouts (Codigo46, Sano, tellmeGen)
  need files from the network before they can be read. It counts no row that it left out.
- Dependencies. pandas 3.1, numpy, python-dateutil, atomicwrites: they install beside Polars 2 and PyArrow 26, and
  add 47 MB for one file format.
- Speed. 700,000 rows: 1.3 s of CPU and 1.8 s of time; here 1.0 s and 0.9 s with both tables written, the build
  told by position and every row accounted for.

Reading raw data is small; what to do with a row that contradicts another is what matters, and that is ours to decide.
"""

from genoteca.genome.arrays.facts import array_facts
from genoteca.genome.arrays.layout import START, ArrayLayout, layout_of
from genoteca.genome.arrays.reading import read_array

__all__ = ["START", "ArrayLayout", "array_facts", "layout_of", "read_array"]
