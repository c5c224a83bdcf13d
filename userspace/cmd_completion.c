// SPDX-License-Identifier: GPL-2.0
#include "cmd.h"

/* Both only ask dsrctl itself, and so know every word that it knows. */

static const char completion_bash[] =
"# bash completion of dsrctl\n"
"_dsrctl() {\n"
"	local line=${COMP_LINE:0:COMP_POINT} words last\n"
"	read -ra words <<<\"$line\"\n"
"	[[ $line != *[[:space:]] ]] || words+=('')\n"
"	mapfile -t COMPREPLY < <(\"${words[0]}\" __complete \"${words[@]:1}\" \\\n"
"		2>/dev/null)\n"
"	# What follows a colon is a word of its own to readline.\n"
"	[[ $COMP_WORDBREAKS == *:* ]] || return 0\n"
"	last=${words[${#words[@]} - 1]}\n"
"	COMPREPLY=(\"${COMPREPLY[@]#\"${last%\"${last##*:}\"}\"}\")\n"
"}\n"
"complete -o default -F _dsrctl dsrctl\n";

static const char completion_zsh[] =
"#compdef dsrctl\n"
"_dsrctl() {\n"
"	local -a found\n"
"	found=(\"${(@f)$(\"${words[1]}\" __complete \\\n"
"		\"${(@Q)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
"	if [[ -n $found[1] ]]; then\n"
"		compadd -- \"${found[@]}\"\n"
"	else\n"
"		_files\n"
"	fi\n"
"}\n"
"if [[ $funcstack[1] == _dsrctl ]]; then\n"
"	_dsrctl \"$@\"\n"
"else\n"
"	compdef _dsrctl dsrctl\n"
"fi\n";

int cmd_completion_bash(struct request *request, const struct out *out,
			struct err *err)
{
	(void)request;
	(void)err;
	fputs(completion_bash, out->to);
	return DONE;
}

int cmd_completion_zsh(struct request *request, const struct out *out,
		       struct err *err)
{
	(void)request;
	(void)err;
	fputs(completion_zsh, out->to);
	return DONE;
}
