"""Briefings: what a rater is told, tries and is asked before the first comparison."""
