/* split_feed on any bytes, whole and in parts: the same pieces and the same end, none over the limit.
 * Input: one byte of mode and of how it is cut, then the bytes. */
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "watch/remote/split.h"

#define MAX_BYTES 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
	uint64_t hash;
	size_t n;
};

static bool on_piece(void *ctx, const struct split_piece *p)
{
	struct sum *s = ctx;
	REQUIRE(p->text.n <= MAX_BYTES && p->key.n <= SPLIT_KEY_CHARS);
	REQUIRE(!p->too_large || p->text.n == 0);
	s->hash = strv_hash(p->text, s->hash + p->too_large);
	s->hash = strv_hash(p->key, s->hash);
	s->n++;
	return true;
}

static int run(enum split_mode mode, struct strv in, size_t step, struct sum *sum)
{
	struct split s;
	int err = ERR_OK;
	split_init(&s, mode, MAX_BYTES);
	for (size_t at = 0; at < in.n && err == ERR_OK; at += step) {
		err = split_feed(&s, strv_sub(in, at, step), on_piece, sum);
	}
	err = err ? err : split_end(&s);
	split_deinit(&s);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) {
		return 0;
	}
	static const enum split_mode modes[2][2] = { { SPLIT_WATCH, SPLIT_LIST },
		{ SPLIT_WATCH_PROTOBUF, SPLIT_LIST_PROTOBUF } };
	enum split_mode mode = modes[data[0] >> 7][data[0] & 1];
	struct strv in = { (const char *)data + 1, size - 1 };
	struct sum whole = { .n = 0 };
	struct sum parts = { .n = 0 };
	int a = run(mode, in, in.n ? in.n : 1, &whole);
	int b = run(mode, in, 1u + (data[0] >> 1) % 16, &parts);
	REQUIRE(a == b && whole.n == parts.n && whole.hash == parts.hash);
	return 0;
}
