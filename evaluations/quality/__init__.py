"""How good the votes are: raters measured, flagged, decided about by a person; who is left out; a study's health."""
