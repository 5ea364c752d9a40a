# What the test scripts share; sourced by bash scripts in test/ after they
# have set "root", the folder of the checkout.

PG_CONFIG=${PG_CONFIG:-pg_config}
unset MAKEFLAGS MAKELEVEL MAKEOVERRIDES

die()
{
	echo "$0: $*" >&2
	exit 1
}

# The unprivileged user that servers and tests run as, when we are root.
test_user()
{
	if [ "$(id -u)" != 0 ]; then
		id -un
	elif id postgres >/dev/null 2>&1; then
		echo postgres
	else
		echo nobody
	fi
}

# Runs a command as that user, in folder $dir, with a tame environment.
as_user()
{
	local run=(env -u PGHOST -u PGPORT -u PGUSER -u PGDATABASE -u PGOPTIONS
		-u PGDATA LC_ALL=C HOME="$dir" PG_CONFIG="$PG_CONFIG")

	if [ "$(id -u)" = 0 ]; then
		run=(setpriv --reuid="$(id -u "$(test_user)")"
			--regid="$(id -g "$(test_user)")" --clear-groups "${run[@]}")
	fi
	(cd "$dir" && "${run[@]}" "$@")
}

# Makes folder $dir, which that user owns.
make_dir()
{
	mkdir -p "$dir" && chmod 700 "$dir" && chown "$(test_user)" "$dir"
}

# Makes folder $1 a copy of what the checkout needs to be built and tested,
# without what was built.
copy_checkout()
{
	mkdir -p "$1" &&
		(cd "$root" && tar -c --exclude='*.o' --exclude='*.so' \
			Makefile cleanroom.control README.md sql src expected test doc) |
		tar -x -C "$1"
}

# Builds, and puts what "make install" would install under $dir/stage.
# Arguments go to make.
stage()
{
	make -s -j"$(nproc)" -C "$root" PG_CONFIG="$PG_CONFIG" "$@" all >&2 ||
		return 1
	rm -rf "$dir/stage"
	make -s -C "$root" PG_CONFIG="$PG_CONFIG" DESTDIR="$dir/stage" "$@" \
		install >/dev/null || return 1
	chown -R "$(test_user)" "$dir/stage"
}

# Prints the settings of a server that finds the staged files.
server_conf()
{
	local stage=$dir/stage

	cat "$root/test/postgresql.conf"
	if "$bindir/postgres" --describe-config |
		grep -q '^extension_destdir'; then
		echo "extension_destdir = '$stage'"	# Debian's
		echo "shared_preload_libraries = '\$libdir/cleanroom'"
	elif "$bindir/postgres" --describe-config |
		grep -q '^extension_control_path'; then
		echo "shared_preload_libraries = 'cleanroom'"
		echo "extension_control_path =" \
			"'$stage$("$PG_CONFIG" --sharedir):\$system'"
		echo "dynamic_library_path =" \
			"'$stage$("$PG_CONFIG" --pkglibdir):\$libdir'"
	else
		die "this server reads extensions from its own folders only;" \
			"use Debian's or 18"
	fi
}

# Makes and starts a server in $dir/data, its socket in $dir.
start_server()
{
	server_conf >"$dir/server.conf" || return 1
	chown "$(test_user)" "$dir/server.conf"
	if [ ! -d "$dir/data" ]; then
		as_user "$bindir/initdb" -D data -U postgres -A trust -E UTF8 \
			--no-locale --no-sync >"$dir/initdb.log" 2>&1 ||
			{ cat "$dir/initdb.log" >&2; return 1; }
		as_user sh -c "echo \"include '../server.conf'\" >>data/postgresql.conf"
	fi
	as_user "$bindir/pg_ctl" -D data -w -l server.log \
		${CR_POSTGRES:+-p "$CR_POSTGRES"} \
		-o "-k '$dir' -p 5432" start >/dev/null ||
		{ tail -20 "$dir/server.log" >&2; return 1; }
}

# A machine that went down has left the file of a server that is no more.
stop_server()
{
	[ ! -f "$dir/data/postmaster.pid" ] ||
		! as_user "$bindir/pg_ctl" -D data status >/dev/null ||
		as_user "$bindir/pg_ctl" -D data -w -m "${1:-fast}" stop >/dev/null
}

# Runs prove, with arguments $@, on TAP tests of the copy in $dir/regress; for
# $test_limit seconds at most, where that is set.
prove_tests()
{
	as_user env TESTDIR="$dir/tap" TESTDATADIR="$dir/tap/tmp_check" \
		TESTLOGDIR="$dir/tap/tmp_check/log" PATH="$bindir:$PATH" \
		TEMP_CONFIG="$dir/server.conf" PGPORT=65432 \
		PG_REGRESS="$pgxs_test/regress/pg_regress" \
		sh -c 'cd regress/test/tap && exec "$@"' sh \
		${test_limit:+timeout "$test_limit"} \
		prove -I "$pgxs_test/perl" -I . "$@"
}

command -v "$PG_CONFIG" >/dev/null || die "no $PG_CONFIG: set PG_CONFIG"
bindir=$("$PG_CONFIG" --bindir)
pgxs_test=$(dirname "$("$PG_CONFIG" --pgxs)")/../test
