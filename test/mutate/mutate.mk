# test/mutate/mutate.mk: does a test fail for each rule that is taken out?
#
#   make mutate            for an hour; CR_MUTATE="-t 10 -k refuse,rule" for
#                          other options of test/mutate/run

.PHONY: mutate

mutate:
	@PG_CONFIG='$(PG_CONFIG)' test/mutate/run $(CR_MUTATE)
