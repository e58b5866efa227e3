"""The moves that cases of several areas share."""
