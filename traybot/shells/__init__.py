"""One kind of I/O each: they translate, and never decide."""
