# test/demo/demo.mk: make targets of the demo.
#
#   make demo              ten questions in a throw-away server, which stays
#   make demo-stop         ends it
#   make check-documents   runs the SQL of README.md and the manual

.PHONY: demo demo-stop check-documents

demo:
	@PG_CONFIG='$(PG_CONFIG)' test/demo/run start

demo-stop:
	@PG_CONFIG='$(PG_CONFIG)' test/demo/run stop

check-documents:
	@PG_CONFIG='$(PG_CONFIG)' test/demo/documents
