/* The log: one line an entry on stderr, text for people or one JSON object for machines.
 * Code that decides logs, once; wire/, store/, plan never log. Process-wide state, set once at start. */
#pragma once

#include <stdbool.h>

#include "base/base.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_TEXT, LOG_JSON };

/* verbosity as kubectl's -v: 0 shows INFO and worse, 1 and more DEBUG; -1 only WARN and worse. */
void log_setup(enum log_format format, int verbosity);
bool log_is_on(enum log_level level);
/* area: the room that speaks ("dns", "api", "statefulset"). fmt without a newline. */
void log_write(enum log_level level, const char *area, const char *fmt, ...) PRINTF_LIKE(3, 4);

#define log_error(area, ...) log_write(LOG_ERROR, area, __VA_ARGS__)
#define log_warn(area, ...)  log_write(LOG_WARN, area, __VA_ARGS__)
#define log_info(area, ...)  log_write(LOG_INFO, area, __VA_ARGS__)
#define log_debug(area, ...) log_write(LOG_DEBUG, area, __VA_ARGS__)
