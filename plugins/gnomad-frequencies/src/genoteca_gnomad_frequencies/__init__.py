"""gnomAD: how common each allele is, in everybody and in each genetic ancestry group."""
