# test/demo/demo.mk: make targets of the demo.
#
#   make demo         ten questions in a throw-away server, which then stays
#   make demo-stop    ends it

.PHONY: demo demo-stop

demo:
	@test/demo/run start

demo-stop:
	@test/demo/run stop
