"""My module, for Genoteca."""
