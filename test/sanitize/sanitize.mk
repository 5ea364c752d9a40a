# test/sanitize/sanitize.mk: the tests, while machines watch.
#
#   make check-undefined   the library looks for undefined behaviour
#   make check-assert      in a server with assertions, built when it is missing
#   make check-valgrind    the same server under valgrind
#
# CR_TESTS="name ..." only these tests.

.PHONY: check-undefined check-assert check-valgrind

check-undefined check-assert check-valgrind:
	@PG_CONFIG='$(PG_CONFIG)' test/sanitize/run $(@:check-%=%) $(CR_TESTS)
