# Runs single tests in the server of $dir; sourced by scripts in test/mutate/.

# Isolation tests are named *.spec, TAP tests *.pl.
all_tests=($(cd "$root/test" &&
	ls sql/*.sql isolation/specs/*.spec ${CR_MUTATE_TAP:+tap/*.pl} |
	sed 's,.*/,,; s/\.sql$//'))

# Copies what tests read into $dir.
prepare_tests()
{
	mkdir "$dir/regress" "$dir/tap" &&
		(cd "$root" && cp -r test expected README.md doc src "$dir/regress") &&
		cp -r "$root/test/isolation" "$dir/" &&
		chown -R "$(test_user)" "$dir/regress" "$dir/isolation" "$dir/tap"
}

# Runs tests of one kind.  True if all pass.
tests_pass()
{
	local folder=regress program=$pgxs_test/regress/pg_regress input=test

	case $1 in
		*.pl)
			test_limit=300 prove_tests "$@" >"$dir/test.log" 2>&1
			return
			;;
		*.spec)
			folder=isolation input=.
			program=$pgxs_test/isolation/pg_isolation_regress
			;;
	esac
	as_user sh -c 'cd "$0" && exec "$@"' "$folder" timeout 120 "$program" \
		--bindir="$bindir" --host="$dir" --port=5432 --user=postgres \
		--inputdir="$input" --load-extension=pgcrypto "${@%.spec}" \
		>"$dir/test.log" 2>&1
}
