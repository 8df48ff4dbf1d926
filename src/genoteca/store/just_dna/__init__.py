"""just-dna modules, brought in as data modules: `formats` says what they are, `converting` what becomes of them."""
