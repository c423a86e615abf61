/* How a part is laid out: one block on the heap, the struct, its arrays, its text. Shared by part.c and part_slice.c. */
#pragma once

#include "dns/kube/part.h"

/* Two passes over one recipe: the first only counts (base NULL), the second fills. */
struct block {
	uint8_t *base;
	size_t n;
};

void *block_take(struct block *b, size_t bytes, size_t align);
struct strv block_text(struct block *b, const void *p, size_t n);
/* Fills at, and takes the room of its text. */
void block_port(
	struct block *b, struct part_port *at, struct strv name, int32_t number, unsigned protocol);
