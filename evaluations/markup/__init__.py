"""From what a model, a rater or a file wrote to HTML, in pure functions: markdown, formulas, code, directions.

Nothing here is trusted: what comes out goes through the allow list of `rendering`, the only door to a page.
"""
