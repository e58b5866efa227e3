"""What the documents say, as data: requirements, their sources, and what a firmware declares of itself."""
