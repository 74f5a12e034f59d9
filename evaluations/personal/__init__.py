"""What a rater may see of their own part, take along, and end: votes, ranking, agreement, data, receipts, withdrawal.

Before a study closes nothing here says which model wrote what, unless the rater asked for that vote's names; nor which
comparisons were repeats or checks.
"""
