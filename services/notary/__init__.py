"""The notary: a Merkle tree over the journal, signed heads of it in three places, and proofs for whoever asks."""
