# test/coverage/coverage.mk: which lines do the tests reach?
#
#   make coverage         all tests, with a library that counts; CR_TESTS="name
#                         ..." only these

.PHONY: coverage

coverage:
	@PG_CONFIG='$(PG_CONFIG)' test/coverage/run $(CR_TESTS)
