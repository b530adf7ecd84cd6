/* Rows on their way to objects: identities, parts, needs, what is left out; order, texts, digests.
 */
#include <string.h>

#include "rows.h"
#include "schema/dump.h"
#include "schema/fingerprint.h"
#include "schema/order.h"

static const Filter everything = {0};

static const Row table = {
    .kind = KIND_TABLE, .oid = 1, .schema = "public", .name = "t", .fields = {"type", "r"}};
static const Row column = {
    .kind = KIND_COLUMN,
    .name = "a",
    .parent_kind = KIND_TABLE,
    .parent = 1,
    .fields = {"type", "integer", "statistics", "-1", "default_value", "public.f()"}};
static const Row function = {
    .kind = KIND_FUNCTION,
    .oid = 2,
    .schema = "public",
    .name = "f",
    .fields = {"arguments", "", "signature", "", "definition", "CREATE FUNCTION public.f() ...\n"}};
static const Row sequence = {.kind = KIND_SEQUENCE,
                             .oid = 3,
                             .schema = "public",
                             .name = "s",
                             .parent_kind = KIND_TABLE,
                             .parent = 1,
                             .fields = {"type", "bigint", "owned_column", "a", "increment", "1"}};

static void test_identities(void)
{
    g_autoptr(CatalogBuilder) builder = builder_new(&everything);
    const Row overload = {.kind = KIND_FUNCTION,
                          .oid = 9,
                          .schema = "s p",
                          .name = "f\"",
                          .fields = {"arguments", "integer, text", "signature", "a integer, b text",
                                     "definition", ""}};
    g_autoptr(Catalog) catalog = NULL;

    add_row(builder, &overload);
    add_row(builder, &column);
    add_row(builder, &table);
    catalog = builder_finish(builder);
    g_assert_nonnull(catalog_find(catalog, "table public.t"));
    g_assert_nonnull(catalog_find(catalog, "function \"s p\".\"f\"\"\"(integer, text)"));
    g_assert_null(catalog_find(catalog, "column public.t.a"));
    g_assert_cmpuint(catalog_objects(catalog)->len, ==, 2);
    g_assert_nonnull(object_column(catalog_find(catalog, "table public.t"), "a"));
    g_assert_null(object_column(catalog_find(catalog, "table public.t"), "b"));
}

static void test_parts_go_with_their_parent(void)
{
    const char *const exclude[] = {"public.t", NULL};
    const Filter filter = {.exclude = exclude};
    g_autoptr(CatalogBuilder) builder = builder_new(&filter);
    g_autoptr(Catalog) catalog = NULL;
    const Row trigger = {.kind = KIND_TRIGGER,
                         .oid = 5,
                         .name = "g",
                         .parent_kind = KIND_TABLE,
                         .parent = 1,
                         .fields = {"definition", "CREATE TRIGGER"}};

    add_row(builder, &table);
    add_row(builder, &column);
    add_row(builder, &trigger);
    add_row(builder, &sequence);
    add_need(builder, &trigger, &table);
    catalog = builder_finish(builder);
    g_assert_cmpuint(catalog_objects(catalog)->len, ==, 0);
    g_assert_null(catalog_find(catalog, "sequence public.s"));
}

static char *order_of(const Catalog *catalog)
{
    static const char *const names[] = {"", " bare", " defaults", " ownership"};
    g_autoptr(GArray) steps = order_objects(catalog_objects(catalog));
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < steps->len; i++) {
        const OrderStep *step = &g_array_index(steps, OrderStep, i);

        g_string_append_printf(text, "%s%s%s", i ? ", " : "", step->object->name,
                               names[step->kind]);
    }
    return g_string_free(text, FALSE);
}

static void test_order_follows_needs(void)
{
    g_autoptr(CatalogBuilder) builder = builder_new(&everything);
    g_autoptr(Catalog) catalog = NULL;
    g_autofree char *order = NULL;

    add_row(builder, &function);
    add_row(builder, &table);
    add_row(builder, &sequence);
    add_need(builder, &function, &table);
    add_need(builder, &sequence, &table); /* as the server has it: OWNED BY */
    add_default_need(builder, 7, &table, &sequence);
    catalog = builder_finish(builder);
    order = order_of(catalog);
    g_assert_cmpstr(order, ==, "s, t, s ownership, f");
}

static void test_circle_through_a_default(void)
{
    g_autoptr(CatalogBuilder) builder = builder_new(&everything);
    g_autoptr(Catalog) catalog = NULL;
    g_autofree char *order = NULL;

    add_row(builder, &function);
    add_row(builder, &table);
    add_row(builder, &column);
    add_need(builder, &function, &table);
    add_default_need(builder, 7, &table, &function);
    catalog = builder_finish(builder);
    order = order_of(catalog);
    g_assert_cmpstr(order, ==, "t bare, f, t defaults");
}

/* No order is right; none of the objects may get lost. */
static void test_circle_without_a_way_out(void)
{
    g_autoptr(CatalogBuilder) builder = builder_new(&everything);
    g_autoptr(Catalog) catalog = NULL;
    g_autofree char *order = NULL;

    add_row(builder, &function);
    add_row(builder, &table);
    add_need(builder, &function, &table);
    add_need(builder, &table, &function);
    catalog = builder_finish(builder);
    order = order_of(catalog);
    g_assert_cmpstr(order, ==, "f, t");
}

static void collect(const char *text, gpointer data)
{
    g_string_append(data, text);
}

static void test_dump_of_a_circle(void)
{
    g_autoptr(CatalogBuilder) builder = builder_new(&everything);
    g_autoptr(GString) script = g_string_new(NULL);
    g_autoptr(Catalog) catalog = NULL;

    add_row(builder, &function);
    add_row(builder, &table);
    add_row(builder, &column);
    add_need(builder, &function, &table);
    add_default_need(builder, 7, &table, &function);
    catalog = builder_finish(builder);
    dump_write(catalog, DDL_ALL, collect, script);
    g_assert_true(g_str_has_suffix(
        script->str, "\nCREATE TABLE public.t (\n    a integer\n);\n"
                     "\nCREATE FUNCTION public.f() ...;\n"
                     "\nALTER TABLE ONLY public.t ALTER COLUMN a SET DEFAULT public.f();\n"));
}

/* A mistake in a query is found by the first row. */
static void test_columns_are_checked(void)
{
    g_autoptr(CatalogBuilder) builder = builder_new(&everything);
    const char *const lacking[] = {"oid", "name"};
    const char *const odd[] = {"oid", "name", "version", "colour"};
    g_autoptr(GError) missing = NULL;
    g_autoptr(GError) unknown = NULL;

    g_assert_false(builder_begin(builder, KIND_EXTENSION, lacking, 2, &missing));
    g_assert_cmpstr(missing->message, ==, "the query for extension has no column version");
    g_assert_false(builder_begin(builder, KIND_EXTENSION, odd, 4, &unknown));
    g_assert_cmpstr(unknown->message, ==, "extension has no field for the column colour");
}

static Catalog *server_with(const char *options)
{
    g_autoptr(CatalogBuilder) builder = builder_new(&everything);
    const Row server = {
        .kind = KIND_SERVER, .oid = 1, .name = "s", .fields = {"wrapper", "w", "options", options}};

    add_row(builder, &server);
    return builder_finish(builder);
}

static void test_secrets_are_left_out(void)
{
    g_autoptr(Catalog) catalog =
        server_with("{host=h,password=hunter2,\"SSLPassword=x y\",access_key_id=k,dbname=d}");
    g_autofree char *text = ddl_text(catalog_find(catalog, "server s"), DDL_ALL);

    g_assert_cmpstr(text, ==,
                    "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', dbname 'd');\n");
}

static void test_fingerprints_tell_what_differs(void)
{
    g_autoptr(Catalog) old = server_with("{host=a}");
    g_autoptr(Catalog) new = server_with("{host=b}");
    g_autoptr(Catalog) same = server_with("{host=a,token=other}");
    g_autoptr(CatalogBuilder) builder = builder_new(&everything);
    g_autoptr(Catalog) other = NULL;
    g_autoptr(FingerprintSet) was = fingerprints_of(old, DDL_ALL);
    g_autoptr(FingerprintSet) is = fingerprints_of(new, DDL_ALL);
    g_autoptr(FingerprintSet) twin = fingerprints_of(same, DDL_ALL);
    g_autoptr(FingerprintSet) table_set = NULL;
    g_autoptr(GPtrArray) altered = fingerprints_compare(was, is);
    g_autoptr(GPtrArray) moved = NULL;

    add_row(builder, &table);
    other = builder_finish(builder);
    table_set = fingerprints_of(other, DDL_ALL);
    moved = fingerprints_compare(was, table_set);
    g_assert_cmpstr(was->digest, !=, is->digest);
    g_assert_cmpstr(was->digest, ==, twin->digest);
    g_assert_cmpstr(fingerprints_find(was, "server s"), ==, fingerprints_find(twin, "server s"));
    g_assert_null(fingerprints_find(was, "server t"));
    g_assert_cmpuint(altered->len, ==, 1);
    g_assert_cmpint(((FingerprintChange *)altered->pdata[0])->kind, ==, CHANGE_ALTERED);
    g_assert_cmpuint(moved->len, ==, 2);
    g_assert_cmpint(((FingerprintChange *)moved->pdata[0])->kind, ==, CHANGE_REMOVED);
    g_assert_cmpstr(((FingerprintChange *)moved->pdata[0])->identity, ==, "server s");
    g_assert_cmpint(((FingerprintChange *)moved->pdata[1])->kind, ==, CHANGE_ADDED);
}

static Catalog *build(const Row *const *rows)
{
    CatalogBuilder *builder = builder_new(&everything);
    Catalog *catalog;

    for (; *rows; rows++)
        add_row(builder, *rows);
    catalog = builder_finish(builder);
    builder_free(builder);
    return catalog;
}

/* What nobody gave to anybody belongs to whom it belongs elsewhere, with what the maker granted. */
static void test_owners(void)
{
    Row mine = table;
    Row theirs = table;
    g_autoptr(Catalog) made = NULL;
    g_autoptr(Catalog) live = NULL;
    g_autofree char *text = NULL;

    mine.owner = "de\"ployer";
    mine.acl = "{\"\\\"de\\\"\\\"ployer\\\"=r/\\\"de\\\"\\\"ployer\\\"\",\"app=r/"
               "\\\"de\\\"\\\"ployer\\\"\"}";
    theirs.owner = "own er";
    made = build((const Row *const[]){&mine, NULL});
    live = build((const Row *const[]){&theirs, NULL});
    catalog_forget_owner(live, "somebody");
    catalog_forget_owner(made, "de\"ployer");
    g_assert_null(catalog_find(made, "table public.t")->owner);
    catalog_take_owners(made, live, "de\"ployer");
    text = ddl_text(catalog_find(made, "table public.t"), DDL_ALL);
    g_assert_nonnull(strstr(text, "OWNER TO \"own er\""));
    g_assert_nonnull(strstr(text, "GRANT SELECT ON TABLE public.t TO app"));
    g_assert_null(strstr(text, "ployer"));
}

static void test_columns_by_name(void)
{
    Row last = column;
    g_autoptr(Catalog) catalog = NULL;
    const Object *object;

    last.name = "0";
    last.fields[0] = "position";
    last.fields[1] = "2";
    catalog = build((const Row *const[]){&table, &column, &last, NULL});
    object = catalog_find(catalog, "table public.t");
    g_assert_cmpstr(((const Object *)object->parts->pdata[0])->name, ==, "a");
    catalog_sort_columns(catalog, COLUMNS_BY_NAME);
    g_assert_cmpstr(((const Object *)object->parts->pdata[0])->name, ==, "0");
    catalog_sort_columns(catalog, COLUMNS_BY_POSITION);
    g_assert_cmpstr(((const Object *)object->parts->pdata[0])->name, ==, "a");
}

static gboolean is_function(const Object *object, gconstpointer data)
{
    return object->kind == KIND_FUNCTION;
}

static void test_leave_out(void)
{
    g_autoptr(Catalog) catalog = build((const Row *const[]){&table, &function, NULL});

    catalog_leave_out(catalog, is_function, NULL);
    g_assert_cmpuint(catalog_objects(catalog)->len, ==, 1);
    g_assert_null(catalog_find(catalog, "function public.f()"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/catalog/identities", test_identities);
    g_test_add_func("/catalog/parts-go-with-their-parent", test_parts_go_with_their_parent);
    g_test_add_func("/catalog/columns-are-checked", test_columns_are_checked);
    g_test_add_func("/catalog/secrets-are-left-out", test_secrets_are_left_out);
    g_test_add_func("/order/follows-needs", test_order_follows_needs);
    g_test_add_func("/order/circle-through-a-default", test_circle_through_a_default);
    g_test_add_func("/order/circle-without-a-way-out", test_circle_without_a_way_out);
    g_test_add_func("/dump/circle", test_dump_of_a_circle);
    g_test_add_func("/fingerprint/what-differs", test_fingerprints_tell_what_differs);
    g_test_add_func("/schema/catalog/owners", test_owners);
    g_test_add_func("/schema/catalog/columns-by-name", test_columns_by_name);
    g_test_add_func("/schema/catalog/leave-out", test_leave_out);
    return g_test_run();
}
