// SPDX-License-Identifier: GPL-2.0
/*
 * Feeds a parser with texts that are nearly right: seeds with some bytes
 * changed, taken out, said twice, exchanged with other seeds' or with words.
 * The same seed number makes the same texts; one number's text can be seen.
 *
 *   FUZZER N [FIRST]   feed the texts FIRST to FIRST + N - 1
 *   FUZZER show I      print the text I
 *
 * It is built with sanitizers, which end it; then it tells the number of the
 * text. What has leaked is looked for now and then, and at the end.
 */
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define ROOM		8192
#define LEAK_PERIOD	(1 << 15)

static char text[ROOM + 1];
static size_t len;
static uint64_t state;

static uint32_t any(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 20) % n;
}

static const char *any_of(const char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return list[any(n)];
}

/* Take @cut bytes out at @at and put others in. */
static void replace(size_t at, size_t cut, const char *in, size_t n)
{
	if (len - cut + n > ROOM)
		return;
	memmove(text + at + n, text + at + cut, len - at - cut);
	memcpy(text + at, in, n);
	len += n - cut;
}

static void replace_any(const char *in, size_t n)
{
	const size_t at = any(len + 1);
	size_t cut = any(3) ? 0 : any(16);

	if (cut > len - at)
		cut = len - at;
	replace(at, cut, in, n);
}

/* Put in a piece of @from, which is not longer than the copy. */
static void replace_by_piece(const char *from, size_t from_len)
{
	const size_t at = any(from_len + 1);
	char copy[256];
	size_t n;

	n = any(sizeof(copy));
	if (n > from_len - at)
		n = from_len - at;
	memcpy(copy, from + at, n);
	replace_any(copy, n);
}

static void mutate(void)
{
	static const char marks[] = ":-[]{},\"'#&*!|>%@`\n \t/.0129a\\";
	const char *word;
	char byte;

	switch (any(6)) {
	case 0:
		byte = any(256);
		replace_any(&byte, 1);
		break;
	case 1:
		replace_any(&marks[any(sizeof(marks) - 1)], 1);
		break;
	case 2:
		replace_any("", 0);
		break;
	case 3:
		word = any_of(fuzz_words);
		replace_any(word, strlen(word));
		break;
	case 4:
		replace_by_piece(text, len);
		break;
	case 5:
		word = any_of(fuzz_seeds);
		replace_by_piece(word, strlen(word));
		break;
	}
}

/* The text of a number. */
static void make(uint64_t i)
{
	const char *seed;
	uint32_t times;

	state = (i + 1) * 0x9e3779b97f4a7c15u;
	any(2);
	seed = any_of(fuzz_seeds);
	len = strlen(seed);
	memcpy(text, seed, len);
	for (times = any(8); times; times--)
		mutate();
	text[len] = '\0';
}

/*
 * So that ten million texts take minutes: most of the time would go into
 * keeping track of memory that has been freed. An abort() is told of as well.
 */
const char *__asan_default_options(void)
{
	return "handle_abort=1:malloc_context_size=8:quarantine_size_mb=1:"
	       "thread_local_quarantine_size_kb=64:max_malloc_fill_size=0";
}

static uint64_t at;

static void tell(void)
{
	fprintf(stderr, "text %ju\n", (uintmax_t)at);
}

static void check_leaks(void)
{
	if (!__lsan_do_recoverable_leak_check())
		return;
	fprintf(stderr, "leaked by one of %d texts up to this:\n",
		LEAK_PERIOD);
	tell();
	_Exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	uint64_t n, first;

	if (argc == 3 && !strcmp(argv[1], "show")) {
		make(strtoull(argv[2], NULL, 10));
		fwrite(text, 1, len, stdout);
		return EXIT_SUCCESS;
	}
	n = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
	first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	__sanitizer_set_death_callback(tell);
	for (at = first; at < first + n; at++) {
		make(at);
		fuzz_one(text, len);
		if (!(at % LEAK_PERIOD))
			check_leaks();
	}
	check_leaks();
	printf("%ju texts\n", (uintmax_t)n);
	return EXIT_SUCCESS;
}
