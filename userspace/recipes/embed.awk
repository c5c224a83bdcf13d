# SPDX-License-Identifier: GPL-2.0
# Writes the recipes, the files given, as a C array of their names and texts.
# A line "%include FILE" stands for the lines of that file beside them.

function quoted(line)
{
	gsub(/\\/, "&&", line)
	gsub(/"/, "\\\"", line)
	printf "\n\t  \"%s\\n\"", line
}

function include(file,	line, got)
{
	while ((got = (getline line <file)) > 0)
		quoted(line)
	if (got < 0) {
		print "embed.awk: cannot read " file >"/dev/stderr"
		failed = 1
		exit 1
	}
	close(file)
}

BEGIN {
	print "/* Made of recipes/ by embed.awk. */"
	print "#include \"recipe.h\"\n"
	print "const struct recipe_source recipe_sources[] = {"
}

FNR == 1 {
	dir = name = FILENAME
	sub(/[^\/]*$/, "", dir)
	sub(/.*\//, "", name)
	sub(/\.txt$/, "", name)
	printf "%s\t{ \"%s\",", (NR > 1 ? " },\n" : ""), name
}

$1 == "%include" { include(dir $2); next }
{ quoted($0) }

END {
	if (!failed)
		print " },\n\t{ 0 }\n};"
}
