/* The small JSON documents of verbs whose results are about neither revisions nor a database's
 * status: one object, keys in the order of the calls. */
#pragma once

#include <glib.h>

typedef struct Answer Answer;

Answer *answer_new(void);
void answer_free(Answer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Answer, answer_free)

/* NULL is written as null; secrets are redacted. */
void answer_add_text(Answer *answer, const char *key, const char *value);
/* As it is: a secret that was asked for. */
void answer_add_secret(Answer *answer, const char *key, const char *value);
void answer_add_texts(Answer *answer, const char *key, const char *const *values);
/* 0 is written as null: not known. */
void answer_add_number(Answer *answer, const char *key, int value);
void answer_add_boolean(Answer *answer, const char *key, gboolean value);
/* A list of objects: Answer *, which stay the caller's and must not change any more. */
void answer_add_list(Answer *answer, const char *key, const GPtrArray *items);

/* The document with its line end, in the form of view/document.h; g_free. */
char *answer_format(const Answer *answer);
