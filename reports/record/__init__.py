"""The record of a run: its shapes, its file, its journal."""
