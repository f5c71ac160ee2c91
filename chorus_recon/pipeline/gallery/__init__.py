"""The overview of a folder of results: one page, and tables with one row a photo."""
