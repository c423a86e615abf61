/* A Status of the API as an error number: the one place. Source: metav1.Status. Called by: both ends of watch_api. */
#pragma once

#include "base/strv.h"

/* ERR_OK for 2xx; reason: Status.reason, may be empty. */
int watch_outcome(unsigned code, struct strv reason);
