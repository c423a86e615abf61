/* Events about objects, as `kubectl describe` lists them: one recorder a component, shared by all
 * controllers. Repeats of one message patch count and lastTimestamp of the Event written first;
 * from the tenth different message of one reason about one object within ten minutes on, one
 * combined Event stands for them; a component that talks too much about one object is silenced
 * (statefulset/correlator.h). Fire and forget: nobody waits for an Event, its failure is logged and
 * changes nothing. Source: core/v1 Event; client-go's event correlation. Regime: owned heap object,
 * frees itself after event_recorder_close when the last reply has come. Called by: the StatefulSet
 * controller and the companions. */
#pragma once

#include "base/base.h"
#include "base/clock.h"
#include "watch/api.h"
#include "watch/object/object.h"

enum event_type { EVENT_NORMAL, EVENT_WARNING };

struct event_recorder;

/* component: source.component, "statefulset-controller"; host: source.host, NULL for none. Both
 * must outlive the recorder, as must clock; api until event_recorder_close. errors ERR_NOMEM */
NODISCARD int event_recorder_open(struct clock *clock, const struct watch_api *api,
	const char *component, const char *host, struct event_recorder **out);
/* Nothing is sent after it. Accepts NULL. */
void event_recorder_close(struct event_recorder *r);

/* Records that something happened to involved. reason: one CamelCase word, static storage; the
 * message is cut at 1,024 bytes. Out of memory loses the event. */
void event_emit(struct event_recorder *r, const struct object *involved, enum event_type type,
	const char *reason, const char *fmt, ...) PRINTF_LIKE(5, 6);
/* The same about a part of it: involvedObject.fieldPath, "spec.containers{web}". */
void event_emit_at(struct event_recorder *r, const struct object *involved, const char *field_path,
	enum event_type type, const char *reason, const char *fmt, ...) PRINTF_LIKE(6, 7);
