/* Runs a fuzz target over its corpus as a TAP test: every file named, or in a folder named, on the
 * command line is one input. A build with libFuzzer has its own main and leaves this file out. */
#include <glib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void replay(GPtrArray *inputs)
{
    g_print("1..%u%s\n", inputs->len, inputs->len == 0 ? " # SKIP empty corpus" : "");
    for (guint i = 0; i < inputs->len; i++) {
        const char *path = g_ptr_array_index(inputs, i);
        g_autofree char *text = NULL;
        gsize size = 0;
        g_autoptr(GError) error = NULL;

        if (!g_file_get_contents(path, &text, &size, &error)) {
            g_print("not ok %u - %s\n# %s\n", i + 1, path, error->message);
            continue;
        }
        /* A copy of the exact size lets AddressSanitizer see one byte too far. */
        g_autofree guint8 *input = g_memdup2(text, size);
        LLVMFuzzerTestOneInput(input, size);
        g_print("ok %u - %s\n", i + 1, path);
    }
}

static gint compare(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
    g_autoptr(GPtrArray) inputs = g_ptr_array_new_with_free_func(g_free);

    for (int i = 1; i < argc; i++) {
        g_autoptr(GDir) folder = g_dir_open(argv[i], 0, NULL);
        const char *name;

        if (folder == NULL) {
            g_ptr_array_add(inputs, g_strdup(argv[i]));
            continue;
        }
        while ((name = g_dir_read_name(folder)) != NULL) {
            g_ptr_array_add(inputs, g_build_filename(argv[i], name, NULL));
        }
    }
    g_ptr_array_sort(inputs, compare);
    replay(inputs);
    return 0;
}
