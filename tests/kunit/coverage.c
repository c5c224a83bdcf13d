// SPDX-License-Identifier: GPL-2.0
/*
 * Have the counts of which lines were run written when UML ends.
 */
#include <init.h>

/* Of the compiler's own library. */
void __gcov_dump(void);

static void coverage_dump(void)
{
	__gcov_dump();
}
__uml_exitcall(coverage_dump);
