"""From votes to estimates: the fits, their covariance, the bootstrap, rank ranges."""
