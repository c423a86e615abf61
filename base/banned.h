/* Functions whose misuse the language cannot catch; force-included in every file of ours (build.cmake).
 * Each has a replacement in base/. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(f) use_of_##f##_is_banned
#undef strcpy
#undef strcat
#undef strtok
#undef sprintf
#undef atoi
#undef gmtime
#undef alloca
#define strcpy(a, b) BANNED(strcpy)
#define strcat(a, b) BANNED(strcat)
#define strtok(a, b) BANNED(strtok)
#define sprintf(...) BANNED(sprintf)
#define atoi(a)      BANNED(atoi)
#define gmtime(a)    BANNED(gmtime)
#define alloca(n)    BANNED(alloca)
