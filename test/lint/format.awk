# Holds what pgindent would not let pass, and the sizes of architecture.md.
# Prints the lines that are otherwise.
function complain(text)
{
	print FILENAME ":" FNR ": " text
}

# Columns of a line, tabs being four wide.
function width(line,		i, columns)
{
	columns = 0
	for (i = 1; i <= length(line); i++)
		columns += substr(line, i, 1) == "\t" ? 4 - columns % 4 : 1
	return columns
}

FNR == 1 {
	body = 0
}

FNR == 3 && $0 != " * " FILENAME {
	complain("the header comment names another file")
}

FNR > 500 && FNR == 501 {
	complain("more than 500 lines")
}

# pgindent does not break messages, which people search for.
width($0) > 79 && !/"/ {
	complain("more than 79 columns")
}

/[ \t]$/ {
	complain("blanks at the end")
}

/^    / {
	complain("indented with blanks, not tabs")
}

/^\/\/|[ \t;{}]\/\// && !/"[^"]*\/\/[^"]*"/ {
	complain("a comment with //")
}

/^\t*(if|for|while|switch|foreach) ?\(.*\) *\{$|^\t*else *\{$|\} *else/ {
	complain("a brace that is not on a line of its own")
}

/^\{$/ {
	body = FNR
}

/^\}/ && body {
	if (FNR - body - 1 > 60)
		complain("a function of " FNR - body - 1 " lines, more than 60")
	body = 0
}
