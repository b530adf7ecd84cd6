/* The body of a change on any bytes, as every kind of order: an order that keeps its promises, or a
 * fault with a status and a text. */
#include <string.h>

#include "view/order.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check(OrderKind kind, const guint8 *data, gsize size)
{
    g_auto(OrderFault) fault = {0};
    g_autoptr(Order) order = order_parse(kind, data, size, &fault);

    g_assert_true((order == NULL) == (fault.detail != NULL));
    if (!order) {
        g_assert_true(fault.status == 400 || fault.status == 413 || fault.status == 422);
        g_assert_true(!fault.pointer || !*fault.pointer || *fault.pointer == '/');
        return;
    }
    g_assert_true(order->target || kind == ORDER_HOLD || kind == ORDER_RELEASE);
    g_assert_true(order->is_dry_run || order->reason);
    g_assert_true(!order->reason || strlen(order->reason) <= ORDER_REASON_MAX);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    for (OrderKind kind = ORDER_ROLLBACK; kind <= ORDER_RELEASE; kind++)
        check(kind, data, size);
    return 0;
}
