"""What a rater sees of their own part, and receipts."""

from django.urls import path

from evaluations.web import mine, proofs, receipts

urlpatterns = [
    path("mine/", mine.list_mine, name="mine-all"),
    path("mine/data.json", mine.download_data, name="mine-data"),
    path("mine/proof/", proofs.prove_rater, name="mine-proof"),
    path("mine/withdraw/", mine.withdraw, name="withdraw"),
    path("studies/<slug:slug>/mine/", mine.show_mine, name="mine"),
    path("receipts/", receipts.find_receipt, name="receipts"),
]
