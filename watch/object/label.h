/* What a label key and a label value may look like.
 * Source: apimachinery validation.IsQualifiedName, IsValidLabelValue. Static text, no memory. */
#pragma once

#include "base/strv.h"

/* NULL if key ("app", "example.com/app") is valid, else the sentence kube-apiserver says of it. */
const char *label_key_fault(struct strv key);
/* NULL if value is valid ("" is), else the sentence kube-apiserver says of it. */
const char *label_value_fault(struct strv value);
