"""Are two programs equal for every possible lead? A proof, a lead that is the counterexample, or neither."""
