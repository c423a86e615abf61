/* A list of waiting items and a task that runs one a turn, so that events and replies come in between.
 * Regime: queue.h. */
#include "statefulset/queue.h"

#include <stddef.h>

static void task_run(struct clock_task *t)
{
	struct queue *q = container_of(t, struct queue, task);
	struct queue_item *item = q->head;
	if (!item || q->held) {
		return;
	}
	q->head = item->next;
	if (!q->head) {
		q->tail = &q->head;
	}
	item->next = NULL;
	item->waiting = false;
	item->running = true;
	if (q->head) {
		clock_post(q->clock, &q->task);
	}
	q->run(q, item);
}

void queue_init(struct queue *q, struct clock *clock, queue_run_fn run)
{
	*q = (struct queue){ .clock = clock, .run = run, .held = true };
	q->tail = &q->head;
	clock_task_init(&q->task, task_run);
}

void queue_release(struct queue *q)
{
	q->held = false;
	if (q->head) {
		clock_post(q->clock, &q->task);
	}
}

void queue_deinit(struct queue *q)
{
	REQUIRE(!q->head);
	clock_unpost(q->clock, &q->task);
}

static void timer_fired(struct clock_timer *t)
{
	queue_add(container_of(t, struct queue_item, timer));
}

void queue_item_init(struct queue *q, struct queue_item *item)
{
	*item = (struct queue_item){ .queue = q };
	clock_timer_init(&item->timer, timer_fired);
}

void queue_add(struct queue_item *item)
{
	struct queue *q = item->queue;
	if (item->running) {
		item->again = true;
		return;
	}
	if (item->waiting) {
		return;
	}
	item->waiting = true;
	*q->tail = item;
	q->tail = &item->next;
	if (!q->held) {
		clock_post(q->clock, &q->task);
	}
}

void queue_add_after(struct queue_item *item, int64_t delay_ms)
{
	struct clock *clock = item->queue->clock;
	if (clock_timer_left_ms(clock, &item->timer) <= delay_ms) {
		clock_timer_hurry(clock, &item->timer);
	} else if (delay_ms <= 0 || clock_timer_start(clock, &item->timer, delay_ms)) {
		queue_add(item);
	}
}

void queue_add_failed(struct queue_item *item)
{
	struct queue *q = item->queue;
	int64_t own_ms = backoff_key_ms(item->failures++);
	int64_t all_ms = backoff_bucket_take(&q->bucket, clock_now_ms(q->clock));
	int64_t delay_ms = own_ms > all_ms ? own_ms : all_ms;
	if (clock_timer_left_ms(q->clock, &item->timer) > delay_ms &&
		clock_timer_start_patient(q->clock, &item->timer, delay_ms)) {
		queue_add(item);
	}
}

void queue_forget(struct queue_item *item)
{
	item->failures = 0;
}

void queue_done(struct queue_item *item)
{
	REQUIRE(item->running);
	item->running = false;
	if (item->again) {
		item->again = false;
		queue_add(item);
	}
}

bool queue_is_wanted(const struct queue_item *item)
{
	return item->again;
}

void queue_remove(struct queue_item *item)
{
	struct queue *q = item->queue;
	REQUIRE(!item->running);
	clock_timer_stop(q->clock, &item->timer);
	for (struct queue_item **at = &q->head; *at; at = &(*at)->next) {
		if (*at == item) {
			*at = item->next;
			break;
		}
	}
	if (item->waiting) {
		q->tail = &q->head;
		while (*q->tail) {
			q->tail = &(*q->tail)->next;
		}
		item->waiting = false;
		item->next = NULL;
	}
}
