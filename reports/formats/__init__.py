"""The renderings of a record, one module a format."""
