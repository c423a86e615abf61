/* The log's one writer. Entries longer than a line are cut at a whole character; control characters
 * are shown as escapes, so that a name from the network cannot forge an entry. Source: RFC 8259 for
 * the JSON form. Regime: the caller's stack; no heap. Called by: code that decides. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define MESSAGE_BYTES_MAX 1024u
#define LINE_BYTES_MAX    (MESSAGE_BYTES_MAX * 6u + 160u) /* each byte may become \u00xx */

static struct {
	enum log_format format;
	enum log_level worst; /* the least important level that is shown */
} setup = { LOG_TEXT, LOG_INFO };

struct line {
	size_t n;
	char p[LINE_BYTES_MAX];
};

void log_setup(enum log_format format, int verbosity)
{
	setup.format = format;
	setup.worst = verbosity < 0 ? LOG_WARN : verbosity == 0 ? LOG_INFO : LOG_DEBUG;
}

bool log_is_on(enum log_level level)
{
	return level <= setup.worst;
}

PRINTF_LIKE(2, 3) static void line_printf(struct line *l, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(l->p + l->n, sizeof(l->p) - l->n, fmt, ap);
	va_end(ap);
	size_t room = sizeof(l->p) - 1 - l->n;
	l->n += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room;
}

static void line_escaped(struct line *l, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (setup.format == LOG_JSON && (c == '"' || c == '\\')) {
			line_printf(l, "\\%c", c);
		} else if (c < ' ' || c == 0x7f) {
			line_printf(l, "\\u%04x", c);
		} else {
			line_printf(l, "%c", c);
		}
	}
}

/* Behind the cut of a long message stands "..."; no character is left half. */
static void message_cut(char message[MESSAGE_BYTES_MAX])
{
	size_t n = MESSAGE_BYTES_MAX - sizeof("...");
	while (n > 0 && ((unsigned char)message[n] & 0xc0) == 0x80) {
		n--;
	}
	memcpy(message + n, "...", sizeof("..."));
}

void log_write(enum log_level level, const char *area, const char *fmt, ...)
{
	static const char *const words[] = { "error", "warn", "info", "debug" };
	char message[MESSAGE_BYTES_MAX];
	char when[CLOCK_RFC3339_MICRO_CHARS + 1];
	struct timespec now;
	struct line line;
	va_list ap;
	if (!log_is_on(level)) {
		return;
	}
	va_start(ap, fmt);
	int n = vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	if (n < 0) {
		return;
	}
	if ((size_t)n >= sizeof(message)) {
		message_cut(message);
	}
	(void)clock_gettime(
		CLOCK_REALTIME, &now); /* people compare with other logs: never virtual */
	clock_format_micro((int64_t)now.tv_sec * 1000000000 + now.tv_nsec, when);
	line.n = 0;
	if (setup.format == LOG_JSON) {
		line_printf(&line,
			"{\"time\":\"%s\",\"level\":\"%s\",\"area\":\"%s\",\"message\":\"", when,
			words[level], area);
		line_escaped(&line, message);
		line_printf(&line, "\"}\n");
	} else {
		line_printf(&line, "%s %-5s %s: ", when, words[level], area);
		line_escaped(&line, message);
		line_printf(&line, "\n");
	}
	/* one write, so that lines of several processes do not mix; a log that cannot be written
	 * has no other */
	ssize_t written = write(STDERR_FILENO, line.p, line.n);
	(void)written;
}
