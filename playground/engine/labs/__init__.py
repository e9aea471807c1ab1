"""The labs, one file each: which data and models fit, what is shown. Imported by `registry.discover`."""
