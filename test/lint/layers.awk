# Holds the order of the layers: a folder of src/ includes itself and folders
# before it, never one after it.  Prints the lines that do otherwise.
BEGIN {
	n = split("prim base policy session keys token ledger inspect gate " \
		"reshape admit agg report verify guard", order, " ")
	for (i = 1; i <= n; i++)
		place[order[i]] = i
	# The second judge shares no code with the first.
	split("inspect gate reshape admit", first_judge, " ")
	for (i in first_judge)
		hidden_from_verify[first_judge[i]] = 1
	# Who knows the list of total functions need not know the aggregates.
	public["agg/total.h"] = 1
	# All may put an event on record.
	public["ledger/note.h"] = 1
}

FNR == 1 {
	split(FILENAME, path, "/")
	folder = path[3] == "" ? "" : path[2]
	if (folder != "" && !(folder in place))
		print FILENAME ": folder has no place in the order of layers"
}

/^#include "[a-z_]+\// {
	split($2, target, "[\"/]")
	if (!(target[2] in place) || folder == "" || !(folder in place))
		next
	header = $2
	gsub("\"", "", header)
	if (place[target[2]] > place[folder] && !(header in public))
		print FILENAME ":" FNR ": " folder "/ may not include " header
	if (folder == "verify" && target[2] in hidden_from_verify)
		print FILENAME ":" FNR ": verify/ shares no code with " target[2] "/"
}
