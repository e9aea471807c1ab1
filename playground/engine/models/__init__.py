"""The models, one file each. Every module here is imported by `registry.discover`."""
