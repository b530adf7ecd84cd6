/* A mailbox: the one queue from a thread to an event loop, with a descriptor that wakes the loop.
 */
#pragma once

#include <glib.h>

typedef struct Mailbox Mailbox;

/* Letters that are never taken are freed with `free_letter`. Aborts when no descriptor is left. */
Mailbox *mailbox_new(GDestroyNotify free_letter);
void mailbox_free(Mailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mailbox, mailbox_free)

/* From any thread; takes the letter. */
void mailbox_post(Mailbox *mailbox, gpointer letter);
/* The oldest letter, the caller's, or NULL. By the one reader. */
gpointer mailbox_take(Mailbox *mailbox);
/* Readable while there may be letters; mailbox_acknowledge before taking them quiets it. */
int mailbox_fd(const Mailbox *mailbox);
void mailbox_acknowledge(Mailbox *mailbox);
/* So many letters wait that news which the next news replaces need not be posted. */
gboolean mailbox_is_crowded(Mailbox *mailbox);
