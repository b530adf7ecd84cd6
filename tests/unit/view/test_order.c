/* Bodies of changes: what is read, and where the mistake is. */
#include "view/order.h"

#include <string.h>

static const struct {
    OrderKind kind;
    const char *body;
    unsigned status;     /* 0: it is an order */
    const char *pointer; /* NULL: none */
} rows[] = {
    {ORDER_ROLLBACK, "{\"target\": \"-1\"}", 0, NULL},
    {ORDER_UPGRADE, "{}", 0, NULL},
    {ORDER_HOLD, "{\"reason\": \"r\"}", 0, NULL},
    {ORDER_HOLD, "{\"reason\": \"a\\u001bb\"}", 422, "/reason"},
    {ORDER_HOLD, "{\"reason\": \"a\\u009bb\"}", 422, "/reason"},
    {ORDER_HOLD, "{\"reason\": \"a\\u202eb\"}", 422, "/reason"},
    {ORDER_HOLD, "{\"reason\": \"a\\u200db\"}", 0, NULL},
    {ORDER_HOLD, "{}", 422, "/reason"},
    {ORDER_HOLD, "{\"reason\": \"r\", \"dry_run\": true}", 422, "/dry_run"},
    {ORDER_RELEASE, "{\"reason\": \"r\", \"target\": \"a\"}", 422, "/target"},
    {ORDER_UPGRADE, "{\"accept_data_loss\": true}", 422, "/accept_data_loss"},
    {ORDER_ROLLBACK, "{}", 422, "/target"},
    {ORDER_ROLLBACK, "{\"target\": \"-1\", \"dry_run\": false}", 422, "/reason"},
    {ORDER_ROLLBACK, "{\"target\": null}", 422, "/target"},
    {ORDER_ROLLBACK, "{\"a/b~c\": 1}", 422, "/a~1b~0c"},
    {ORDER_ROLLBACK, "{\"target\": \"a\", \"target\": \"a\"}", 400, "/target"},
    {ORDER_ROLLBACK, "\"-1\"", 400, NULL},
    {ORDER_ROLLBACK, "{\"target\": \"-1\"} x", 400, NULL},
    {ORDER_ROLLBACK, "{\"x\": [[[[[[[[1]]]]]]]]}", 400, "/x"},
    {ORDER_ROLLBACK, "{\"x\": [[[[[[1]]]]]]}", 422, "/x"},
    {ORDER_ROLLBACK, "", 400, ""},
};

static void test_bodies(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(OrderFault) fault = {0};
        g_autoptr(Order) order =
            order_parse(rows[i].kind, rows[i].body, strlen(rows[i].body), &fault);

        g_test_message("%s: %s", rows[i].body, fault.detail ? fault.detail : "an order");
        g_assert_cmpuint(fault.status, ==, rows[i].status);
        g_assert_cmpstr(fault.pointer, ==, rows[i].pointer);
        g_assert_true((order == NULL) == (rows[i].status != 0));
    }
}

static void test_values(void)
{
    static const char body[] = "{\"target\": \"a@-1\", \"dry_run\": false, \"confirm\": \"00\", "
                               "\"reason\": \"gr\\u00fcn\", "
                               "\"accept_data_loss\": true, \"accept_drift\": false}";
    g_auto(OrderFault) fault = {0};
    g_autoptr(Order) order = order_parse(ORDER_ROLLBACK, body, strlen(body), &fault);

    g_assert_cmpstr(fault.detail, ==, NULL);
    g_assert_cmpstr(order->target, ==, "a@-1");
    g_assert_cmpstr(order->confirm, ==, "00");
    g_assert_cmpstr(order->reason, ==, "grün");
    g_assert_false(order->is_dry_run);
    g_assert_true(order->accepts_data_loss);
    g_assert_false(order->accepts_drift);
}

static void test_ceilings(void)
{
    g_autofree char *spaces = g_strnfill(ORDER_BYTES_MAX + 1, ' ');
    g_autofree char *long_reason = g_strnfill(ORDER_REASON_MAX + 1, 'x');
    g_autofree char *body = g_strdup_printf("{\"reason\": \"%s\"}", long_reason);
    g_auto(OrderFault) first = {0};
    g_auto(OrderFault) second = {0};

    g_assert_null(order_parse(ORDER_HOLD, spaces, strlen(spaces), &first));
    g_assert_cmpuint(first.status, ==, 413);
    g_assert_null(order_parse(ORDER_HOLD, body, strlen(body), &second));
    g_assert_cmpstr(second.pointer, ==, "/reason");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/order/bodies", test_bodies);
    g_test_add_func("/view/order/values", test_values);
    g_test_add_func("/view/order/ceilings", test_ceilings);
    return g_test_run();
}
