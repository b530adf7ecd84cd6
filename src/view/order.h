/* An order: the body of a request that changes the database, read and checked. Pure. */
#pragma once

#include <glib.h>

typedef enum { ORDER_ROLLBACK, ORDER_UPGRADE, ORDER_HOLD, ORDER_RELEASE } OrderKind;
/* "rollback", "upgrade", "hold", "release" */
const char *order_kind_name(OrderKind kind);

enum {
    ORDER_BYTES_MAX = 16 * 1024,
    ORDER_DEPTH_MAX = 8,    /* arrays and objects in each other */
    ORDER_TARGET_MAX = 200, /* bytes */
    ORDER_REASON_MAX = 2000,
};

typedef struct {
    OrderKind kind;
    char *target; /* of a hold NULL: where the database is */
    gboolean is_dry_run;
    char *confirm; /* may be NULL */
    char *reason;  /* NULL in a dry run only */
    gboolean accepts_data_loss;
    gboolean accepts_drift;
} Order;
void order_free(Order *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Order, order_free)

/* What is wrong with a body. */
typedef struct {
    unsigned status; /* 400: no JSON object; 413; 422: not what is asked for here */
    char *detail;
    char *pointer; /* RFC 6901: where; "" = the whole; NULL: not known */
} OrderFault;
void order_fault_clear(OrderFault *fault);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OrderFault, order_fault_clear)

/* JSON as RFC 8259 has it, and stricter: no member twice, no unknown one, UTF-8 only. NULL with
 * *fault filled. */
Order *order_parse(OrderKind kind, const void *body, gsize length, OrderFault *fault);
