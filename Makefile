# cleanroom: builds, installs and tests the extension.
#
#   make                  builds the library and the install script
#   make install          installs them for the server of PG_CONFIG
#   make check            installs what is missing, runs every test in a
#                         throw-away server; CR_TESTS="name ..." only these
#   make installcheck     runs the regression tests in a running server
#   make demo             ten questions in a throw-away server; demo-stop ends it
#   make lint             looks for what the compiler does not
#   make format           shows where .clang-format would break lines
#
# PG_CONFIG=/path/to/pg_config chooses the server to build for.
# CR_TEST_BUILD=1 adds the settings that only tests may have.
#
# Private variables begin with CR_: a name that PGXS owns would be redefined
# by its include.

EXTENSION = cleanroom
CR_VERSION = 0.1.0
CR_SCRIPT = sql/cleanroom--$(CR_VERSION).sql
CR_PARTS = $(sort $(wildcard sql/parts/*.sql))
CR_SOURCES = $(sort $(wildcard src/*.c src/*/*.c))
CR_HEADERS = $(sort $(wildcard src/*.h src/*/*.h))

MODULE_big = cleanroom
OBJS = $(CR_SOURCES:.c=.o)
DATA = $(sort $(wildcard sql/cleanroom--*--*.sql))
DATA_built = $(CR_SCRIPT)
EXTRA_CLEAN = stage tmp_check tmp_check_iso output_iso results log \
	regression.diffs regression.out .build-flags

PG_CPPFLAGS = -Isrc
# The server's headers and its calling convention leave parameters unused.
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter $(CR_CFLAGS)
# Ciphers and digests.
SHLIB_LINK += -lcrypto
ifdef CR_TEST_BUILD
PG_CPPFLAGS += -DCR_TEST_BUILD
endif

# Set by test/sanitize/run.
ifdef CR_SANITIZE
PG_CFLAGS += -g -fno-omit-frame-pointer -fsanitize=$(CR_SANITIZE) \
	-fsanitize=bounds-strict
SHLIB_LINK += -fsanitize=$(CR_SANITIZE) -static-libubsan
endif

# Set by test/coverage/run.
ifdef CR_COVERAGE
PG_CFLAGS += -O0 --coverage -fprofile-update=atomic
SHLIB_LINK += --coverage
endif

# No bitcode: it would ask for the very clang the server was built with.
override with_llvm = no

PG_CONFIG ?= pg_config

# These need no server to be there yet, and PGXS has a "check" of its own.
CR_SCRIPT_GOALS = check bench bench-tokens installcheck lint format demo demo-stop check-documents \
	check-server check-undefined check-assert check-valgrind coverage mutate \
	fuzz neighbours
ifneq ($(filter-out $(CR_SCRIPT_GOALS),$(or $(MAKECMDGOALS),all)),)
ifneq ($(filter $(CR_SCRIPT_GOALS),$(MAKECMDGOALS)),)
$(error make $(filter $(CR_SCRIPT_GOALS),$(MAKECMDGOALS)) apart from the rest)
endif
NO_INSTALLCHECK = 1
PGXS := $(shell $(PG_CONFIG) --pgxs)
ifneq ($(wildcard $(PGXS)),)
include $(PGXS)
else
all install clean:
	@echo "$(PG_CONFIG) leads to no files to build against: install" \
		"postgresql-server-dev-<version>, or set PG_CONFIG" >&2
	@exit 1
endif
else
check:
	@PG_CONFIG='$(PG_CONFIG)' test/check $(CR_TESTS)

installcheck:
	@PG_CONFIG='$(PG_CONFIG)' test/installcheck $(CR_TESTS)

lint:
	@PG_CONFIG='$(PG_CONFIG)' test/lint/run

# Shows, does not change: clang-format knows nothing of the alignment that
# pgindent makes.
format:
	@for file in $(CR_SOURCES) $(CR_HEADERS); do \
		clang-format $$file | diff -wu --label $$file --label $$file \
			$$file - ; \
	done; true
endif

# PGXS tracks neither headers nor flags.
$(OBJS): $(CR_HEADERS) Makefile .build-flags

.build-flags: CR_force
	@echo '$(PG_CONFIG) $(VERSION) $(CPPFLAGS) $(CFLAGS)' | \
		cmp -s - $@ || \
		echo '$(PG_CONFIG) $(VERSION) $(CPPFLAGS) $(CFLAGS)' > $@

# Rebuilt when a part is added or taken away, too.
$(CR_SCRIPT): $(CR_PARTS) sql/parts
	cat $(CR_PARTS) > $@

include $(wildcard test/*/*.mk)

.PHONY: CR_force check installcheck lint format
