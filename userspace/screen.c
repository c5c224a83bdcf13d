// SPDX-License-Identifier: GPL-2.0
#define _XOPEN_SOURCE_EXTENDED 1
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "screen.h"
#include "table.h"

/* Rows above the table. */
#define SCREEN_HEAD	3
#define SCREEN_NUMBER	10

static bool screen_utf8;

/* Of a terminal that is not known newterm() would leave something behind. */
static bool screen_known(void)
{
	int unknown;

	if (setupterm(NULL, STDOUT_FILENO, &unknown))
		return false;
	del_curterm(cur_term);
	return true;
}

int screen_open(struct screen *screen, struct err *err)
{
	memset(screen, 0, sizeof(*screen));
	setlocale(LC_CTYPE, "");
	screen_utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	if (!screen_known() || !newterm(NULL, stdout, stdin))
		return err_refused(err, "top: the terminal is not known: set "
				   "TERM, or write dsrctl top | cat");
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	if (has_colors() && !(getenv("NO_COLOR") && *getenv("NO_COLOR"))) {
		start_color();
		use_default_colors();
		init_pair(GREEN, COLOR_GREEN, -1);
		init_pair(RED, COLOR_RED, -1);
	}
	return DONE;
}

void screen_close(void)
{
	endwin();
}

/* --- Drawing -------------------------------------------------------------- */

static void screen_number(int row, int column, uint64_t number)
{
	char text[HUMAN_TEXT];

	mvprintw(row, column, "%*s", SCREEN_NUMBER,
		 out_human(number, "", text));
}

/* In eighths of a character, where there are such. */
static void screen_bar(int row, int column, unsigned int share)
{
	static const char *const parts[] = {
		"", "▏", "▎", "▍", "▌", "▋", "▊", "▉",
	};
	int width = COLS - column - 1;
	int eighths, i;

	if (width <= 0)
		return;
	eighths = ((long)width * 8 * share + 500) / 1000;
	attron(COLOR_PAIR(GREEN));
	for (i = 0; i < eighths / 8; i++)
		mvaddstr(row, column + i, screen_utf8 ? "█" : "#");
	if (screen_utf8 && eighths % 8)
		mvaddstr(row, column + i, parts[eighths % 8]);
	attroff(COLOR_PAIR(GREEN));
}

/* As wide as the longest name, but leaving room for the numbers. */
static int screen_name_width(const struct rate_table *table)
{
	int width = sizeof("SERVICE"), most = COLS - 4 * SCREEN_NUMBER - 8;
	char text[SERVICE_TEXT];
	size_t i;

	for (i = 0; i < table->n_rows; i++) {
		const struct rate_row *row = &table->rows[i];
		int len = row->server ?
			  2 + strlen(addr_text(&row->server->addr, text)) :
			  strlen(key_text(&row->service->key, text));

		if (len > width)
			width = len;
	}
	return width < most || most < 8 ? width : most;
}

static bool screen_trouble(const struct server *server)
{
	return server->down || !model_reaches(server);
}

static void screen_row(int at, int width, const struct rate_row *row)
{
	const bool trouble = row->server && screen_trouble(row->server);
	const bool standby = row->service->role == DSR_ROLE_STANDBY;
	attr_t attr = trouble ? COLOR_PAIR(RED) :
		      row->server ? A_NORMAL :
		      standby ? A_BOLD | COLOR_PAIR(YELLOW) : A_BOLD;
	char text[SERVICE_TEXT];

	attron(attr);
	mvprintw(at, 0, "%s%-.*s", row->server ? "  " : "",
		 row->server ? width - 2 : width, row->server ?
		 addr_text(&row->server->addr, text) :
		 key_text(&row->service->key, text));
	attroff(attr);
	screen_number(at, width, row->rates.packets);
	screen_number(at, width + SCREEN_NUMBER, row->rates.bits);
	screen_number(at, width + 2 * SCREEN_NUMBER, row->rates.flows);
	screen_number(at, width + 3 * SCREEN_NUMBER, row->rates.active);
	screen_bar(at, width + 4 * SCREEN_NUMBER + 2, row->share);
}

/* Services that another director serves. */
static size_t screen_standby(const struct rate_table *table)
{
	size_t i, n = 0;

	for (i = 0; i < table->n_rows; i++)
		n += !table->rows[i].server &&
		     table->rows[i].service->role == DSR_ROLE_STANDBY;
	return n;
}

static void screen_head(const struct screen *screen,
			const struct rate_table *table, uint32_t interval,
			int width)
{
	static const char *const titles[] = {
		[BY_PACKETS] = "PACKETS/S", [BY_BITS] = "BITS/S",
		[BY_FLOWS] = "FLOWS/S", [BY_ACTIVE] = "ACTIVE",
	};
	char packets[HUMAN_TEXT], bits[HUMAN_TEXT], flows[HUMAN_TEXT];
	const size_t standby = screen_standby(table);
	char active[HUMAN_TEXT];
	int i;

	mvprintw(0, 0, "%s packets/s  %s/s  %s new flows/s  %s active  "
		 "every %us",
		 out_human(table->total.packets, "", packets),
		 out_human(table->total.bits, "bit", bits),
		 out_human(table->total.flows, "", flows),
		 out_human(table->total.active, "", active), interval);
	if (standby) {
		attron(COLOR_PAIR(YELLOW));
		printw("  %zu on standby", standby);
		attroff(COLOR_PAIR(YELLOW));
	}
	mvaddnstr(1, 0, "q quit   order: p packets, b bits, f flows, "
		  "a active, n name", COLS);
	attron(A_REVERSE);
	mvhline(2, 0, ' ', COLS);
	mvaddstr(2, 0, "SERVICE");
	for (i = BY_PACKETS; i <= BY_ACTIVE; i++) {
		if (i == (int)screen->order)
			attron(A_BOLD);
		mvprintw(2, width + i * SCREEN_NUMBER, "%*s", SCREEN_NUMBER,
			 titles[i]);
		attroff(A_BOLD);
	}
	mvaddstr(2, width + 4 * SCREEN_NUMBER + 2, "SHARE");
	attroff(A_REVERSE);
}

void screen_draw(struct screen *screen, const struct rate_table *table,
		 uint32_t interval)
{
	int width = screen_name_width(table);
	size_t i;

	screen->n_rows = table->n_rows;
	screen->n_shown = LINES > SCREEN_HEAD ? LINES - SCREEN_HEAD : 0;
	if (screen->first + screen->n_shown > table->n_rows)
		screen->first = table->n_rows > screen->n_shown ?
				table->n_rows - screen->n_shown : 0;
	erase();
	screen_head(screen, table, interval, width);
	for (i = 0; i < screen->n_shown &&
	     screen->first + i < table->n_rows; i++)
		screen_row(SCREEN_HEAD + i, width,
			   &table->rows[screen->first + i]);
	if (!table->n_rows)
		mvaddstr(SCREEN_HEAD, 0, "no services");
	refresh();
}

/* --- Keys ----------------------------------------------------------------- */

/* Past the end is put right when it is drawn. */
static void screen_scroll(struct screen *screen, size_t rows, bool up)
{
	if (!up)
		screen->first += rows;
	else
		screen->first -= rows < screen->first ? rows : screen->first;
}

static bool screen_move(struct screen *screen, int key)
{
	switch (key) {
	case KEY_UP:
	case KEY_DOWN:
		screen_scroll(screen, 1, key == KEY_UP);
		return true;
	case KEY_PPAGE:
	case KEY_NPAGE:
		screen_scroll(screen, screen->n_shown, key == KEY_PPAGE);
		return true;
	case KEY_HOME:
		screen->first = 0;
		return true;
	case KEY_END:
		screen->first = screen->n_rows;
		return true;
	}
	return key == KEY_RESIZE;
}

static enum screen_key screen_key(struct screen *screen, int key)
{
	static const char orders[] = {
		[BY_PACKETS] = 'p', [BY_BITS] = 'b', [BY_FLOWS] = 'f',
		[BY_ACTIVE] = 'a', [BY_NAME] = 'n',
	};
	size_t i;

	if (key == 'q' || key == 'Q')
		return SCREEN_QUIT;
	for (i = 0; i < sizeof(orders); i++) {
		if (key == orders[i]) {
			screen->order = i;
			return SCREEN_ORDER;
		}
	}
	return screen_move(screen, key) ? SCREEN_ORDER : SCREEN_NONE;
}

/* A terminal that has gone ends it too. */
enum screen_key screen_wait(struct screen *screen, int ms)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	int ready = poll(&input, 1, ms);
	int key = getch();

	if (ready > 0 && key == ERR)
		return SCREEN_QUIT;
	return key == ERR ? SCREEN_NONE : screen_key(screen, key);
}
