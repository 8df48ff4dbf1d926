"""Chain files between genome builds as a Genoteca module."""
