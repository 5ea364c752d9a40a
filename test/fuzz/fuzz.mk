# test/fuzz/fuzz.mk: machines against the gate.
#
#   make fuzz         random statements and generated questions; CR_FUZZ_QUERIES
#                     (200000) and CR_FUZZ_QUESTIONS (20000) say how many
#   make neighbours   the collected and generated questions, in two databases
#                     that differ in people who belong to no group

.PHONY: fuzz neighbours

fuzz: export CR_FUZZ_QUERIES ?= 200000
fuzz: export CR_FUZZ_QUESTIONS ?= 20000
fuzz: export CR_FUZZ_MUTANTS ?= 20000
fuzz:
	@PG_CONFIG='$(PG_CONFIG)' test/fuzz/run questions mutants sqlsmith

neighbours:
	@PG_CONFIG='$(PG_CONFIG)' test/fuzz/run corpus questions mutants
