"""The schema `reporting`: the stable SQL face, over the tables of whichever generation is served."""
