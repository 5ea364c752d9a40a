# test/bench/bench.mk: what the guards cost.
#
#   make bench             ratios to the plain query, in a throw-away server

.PHONY: bench

bench:
	@PG_CONFIG='$(PG_CONFIG)' test/bench/run

# What tokens and encryption cost, against pgcrypto.
.PHONY: bench-tokens

bench: bench-tokens

bench-tokens:
	@PG_CONFIG='$(PG_CONFIG)' test/bench/tokens
