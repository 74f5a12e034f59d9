"""The way of a vote.

1. Staff upload a file; `ingest` turns it into a prompt set with responses, all or nothing.
2. A study names a prompt set and models; opening it freezes the protocol and writes its hash to the ledger.
3. A rater is shown a battle: one prompt, two responses, sides drawn at random, the draw's probability kept.
4. The vote is one INSERT. Nothing else counts it; everything below is derived and can be rebuilt.
5. One sealer gives votes whose undo window has passed a gapless position in the ledger.
6. `columns` reads the ledger once, by position, into arrays.
7. `ranking` turns arrays into numbers, and knows nothing of Django, time or chance outside its seed.
8. A snapshot is a pure function of a ledger prefix and parameters: same input, same bytes.
9. The page and the API show the same snapshot.
10. Anyone can recompute it.
"""
