# test/core/core.mk: the server's own tests.
#
#   make check-server      its regression and isolation suites, with the
#                          library preloaded and the extension everywhere

.PHONY: check-server

check-server:
	@PG_CONFIG='$(PG_CONFIG)' test/core/run
