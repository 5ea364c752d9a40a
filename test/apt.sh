# A private apt: knows the lines of its own sources list alone, and installs
# nothing.  Sourced by bash scripts in test/.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Prints the address of Debian's archive that this machine uses already; with
# an argument, that of the security updates.
debian_mirror()
{
	local end=${1:+-security}
	local mirror

	mirror=$(apt-get indextargets --format '$(REPO_URI) $(CREATED_BY)' \
		2>/dev/null | sed -n 's/ Packages$//p' |
		grep -E "/debian$end/?\$" | head -1)
	echo "${mirror:-http://deb.debian.org/debian$end/}"
}

# Makes folder $1 the home of one; the lines of its sources list are $2...
# To be used with APT_CONFIG=$1/apt.conf.
make_apt_home()
{
	local apt=$1

	shift
	rm -rf "$apt"
	mkdir -p "$apt"/{lists/partial,cache/archives/partial,etc} || return 1
	cat >"$apt/apt.conf" <<-END
		Dir "$apt";
		Dir::Etc "$apt/etc";
		Dir::State "$apt";
		Dir::State::Lists "$apt/lists";
		Dir::State::status "$apt/status";
		Dir::Cache "$apt/cache";
		APT::Sandbox::User "";
		APT::Install-Recommends "false";
		Acquire::Languages "none";
		Acquire::Check-Valid-Until "false";
		Acquire::Retries "2";
	END
	printf '%s\n' "$@" >"$apt/etc/sources.list"
	: >"$apt/status"
}
