"""What pages are known by: one key for all addresses of a page, hashed and sorted."""
