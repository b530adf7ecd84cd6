/* Readings: which statements they are, one after the other. */
#include "usage/reader.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/quote.h"
#include "usage/select.h"
#include "usage/sql_usage.h"
#include "usage/uuid.h"
#include "usage/windows.h"

/* How old what is known of the partitions may be. */
#define BOUNDS_AGE (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)
#define MILLISECOND G_TIME_SPAN_MILLISECOND

/* Bounds that no calendar of ours can write are left out: 1970 to about 9900 is enough. */
#define START_MIN G_GINT64_CONSTANT(0)
#define START_MAX (G_GINT64_CONSTANT(250000000000) * G_USEC_PER_SEC)

/* More partitions than this in one statement, and it is not worth keeping. */
enum { WIDTH_KEPT = 2 };

struct UsageReader {
    UsageReaderSettings settings;
    char *table; /* quoted */
    char *name;  /* of the application */
    Pool *pool;
    pthread_mutex_t mutex; /* of the three below */
    UsageWindows *windows;
    gint64 bounds_due; /* on clock_monotonic(): when to ask for the partitions again */
    gboolean is_asking;
};

typedef enum { READING_LIST, READING_EXPORT, READING_ONE, READING_STATS } ReadingKind;

struct UsageReading {
    UsageReader *reader;
    ReadingKind kind;
    UsageAudience audience;
    gpointer data;
    PoolJob *job; /* once a row has come */
    UsageSearch *search;
    guint8 id[USAGE_ID_SIZE]; /* of ONE */
    guint limit;
    guint rows; /* so far */
    UsageWindows *windows;
    UsageWindow window;
    gboolean is_last;    /* window */
    gboolean is_strange; /* a row was none of a usage log */
};

/* --- What is known of the partitions -----------------------------------------------------------
 */

typedef struct {
    UsageReader *reader;
    GArray *starts; /* gint64 */
} Survey;

static gboolean take_bounds(PoolJob *job, const Result *rows, gpointer data)
{
    Survey *survey = data;

    (void)job;
    for (int row = 0; row < result_rows(rows); row++) {
        gsize length;
        const guint8 *bytes = result_bytes(rows, row, 0, &length);
        guint64 number;
        gint64 start;

        if (!bytes || length != sizeof number)
            continue;
        memcpy(&number, bytes, sizeof number);
        start = (gint64)GUINT64_FROM_BE(number);
        if (start >= START_MIN && start <= START_MAX)
            g_array_append_val(survey->starts, start);
    }
    return TRUE;
}

/* Where the question fails, what was known stays. */
static void end_survey(PoolJob *job, PoolOutcome outcome, const GError *error, gpointer data)
{
    Survey *survey = data;
    UsageReader *reader = survey->reader;
    UsageWindows *previous = NULL;

    (void)job;
    (void)error;
    pthread_mutex_lock(&reader->mutex);
    if (outcome == POOL_ANSWERED) {
        previous = reader->windows;
        reader->windows =
            usage_windows_new((const gint64 *)(void *)survey->starts->data, survey->starts->len);
    }
    reader->bounds_due = clock_monotonic() + BOUNDS_AGE;
    reader->is_asking = FALSE;
    pthread_mutex_unlock(&reader->mutex);
    usage_windows_unref(previous);
    g_array_unref(survey->starts);
    g_free(survey);
}

static gboolean is_survey_abandoned(gpointer data)
{
    (void)data;
    return FALSE;
}

static void ask_for_bounds(UsageReader *reader)
{
    static const PoolClient client = {take_bounds, end_survey, is_survey_abandoned};
    const char *values[] = {reader->table};
    const int lengths[] = {(int)strlen(reader->table)};
    const PoolStatement statement = {.sql = sql_usage_bounds, .values = {1, values, lengths}};
    Survey *survey = g_new(Survey, 1);

    *survey = (Survey){reader, g_array_new(FALSE, FALSE, sizeof(gint64))};
    if (pool_submit(reader->pool, &statement, reader->settings.timeout, FALSE, &client, survey))
        return;
    g_array_unref(survey->starts);
    g_free(survey);
    pthread_mutex_lock(&reader->mutex);
    reader->is_asking = FALSE;
    pthread_mutex_unlock(&reader->mutex);
}

/* With a reference. They may be old: that never leaves rows out. */
static UsageWindows *current_windows(UsageReader *reader)
{
    UsageWindows *windows;

    pthread_mutex_lock(&reader->mutex);
    windows = usage_windows_ref(reader->windows);
    pthread_mutex_unlock(&reader->mutex);
    return windows;
}

/* Behind somebody's question, never in its way. */
static void keep_bounds_fresh(UsageReader *reader)
{
    gboolean must_ask;

    pthread_mutex_lock(&reader->mutex);
    must_ask = !reader->is_asking && clock_monotonic() >= reader->bounds_due;
    reader->is_asking |= must_ask;
    pthread_mutex_unlock(&reader->mutex);
    if (must_ask)
        ask_for_bounds(reader);
}

/* --- Readings ----------------------------------------------------------------------------------
 */

static UsageReading *reading_new(UsageReader *reader, ReadingKind kind,
                                 const UsageAudience *audience, gpointer data)
{
    UsageReading *reading = g_new0(UsageReading, 1);

    reading->reader = reader;
    reading->kind = kind;
    reading->audience = *audience;
    reading->data = data;
    reading->windows = current_windows(reader);
    return reading;
}

static void reading_free(UsageReading *reading)
{
    usage_windows_unref(reading->windows);
    usage_search_free(reading->search);
    g_free(reading);
}

static UsageSelect *make_select(const UsageReading *reading)
{
    const UsageReader *reader = reading->reader;

    switch (reading->kind) {
    case READING_LIST:
        return usage_select_list(reader->table, reading->search, &reading->window, reading->limit);
    case READING_EXPORT:
        return usage_select_list(reader->table, reading->search, NULL, reading->limit);
    case READING_ONE:
        return usage_select_one(reader->table, reading->id, &reading->window);
    case READING_STATS:
        return usage_select_stats(reader->table, reading->search, reader->settings.groups_max);
    }
    g_assert_not_reached();
}

static PoolStatement make_statement(const UsageReading *reading, const UsageSelect *select)
{
    return (PoolStatement){.sql = usage_select_sql(select),
                           .values = usage_select_values(select),
                           .is_kept =
                               reading->kind == READING_LIST && reading->window.width <= WIDTH_KEPT,
                           .by_row = reading->kind == READING_EXPORT};
}

static gboolean take_record(UsageReading *reading, const Result *rows, int row)
{
    UsageRecord record;

    if (usage_row_read(rows, row, &record))
        return reading->audience.take_record(reading, &record, reading->data);
    reading->is_strange = TRUE;
    return TRUE;
}

static gboolean take_stat(UsageReading *reading, const Result *rows, int row)
{
    UsageStat stat;

    if (usage_stat_read(rows, row, reading->search, &stat))
        return reading->audience.take_stat(reading, &stat, reading->data);
    reading->is_strange = TRUE;
    return TRUE;
}

/* A window may bring more than is still wanted. */
static gboolean take_rows(PoolJob *job, const Result *rows, gpointer data)
{
    UsageReading *reading = data;
    gboolean wants_more = TRUE;

    reading->job = job;
    for (int row = 0; row < result_rows(rows); row++) {
        if (reading->limit > 0 && reading->rows == reading->limit)
            return TRUE;
        reading->rows++;
        wants_more &= reading->kind == READING_STATS ? take_stat(reading, rows, row)
                                                     : take_record(reading, rows, row);
    }
    return wants_more;
}

static gboolean is_too_old(const UsageReading *reading)
{
    const UsageSearch *search = reading->search;

    return search && usage_search_has(search, PARAMETER_FROM) &&
           reading->window.upper <= search->from;
}

/* TRUE: the job goes on. */
static gboolean look_further(UsageReading *reading, PoolJob *job)
{
    g_autoptr(UsageSelect) select = NULL;
    PoolStatement statement;

    if (reading->kind == READING_EXPORT || reading->kind == READING_STATS || reading->is_last ||
        reading->rows >= reading->limit ||
        !usage_windows_next(reading->windows, &reading->window) || is_too_old(reading))
        return FALSE;
    select = make_select(reading);
    statement = make_statement(reading, select);
    pool_job_ask(job, &statement);
    return TRUE;
}

static void end(PoolJob *job, PoolOutcome outcome, const GError *error, gpointer data)
{
    UsageReading *reading = data;
    g_autoptr(GError) strange = NULL;

    if (reading->is_strange)
        error_set(&strange, ERROR_SQL, "the rows of %s are not those of a usage log",
                  reading->reader->table);
    else if (outcome == POOL_ANSWERED && look_further(reading, job))
        return;
    reading->audience.end(strange ? POOL_FAILED : outcome, strange ? strange : error,
                          reading->data);
    reading_free(reading);
}

static gboolean is_abandoned(gpointer data)
{
    UsageReading *reading = data;

    return reading->audience.is_abandoned(reading->data);
}

/* Takes the reading, but not its search when it returns FALSE. */
static gboolean begin(UsageReading *reading)
{
    static const PoolClient client = {take_rows, end, is_abandoned};
    UsageReader *reader = reading->reader;
    gboolean is_long = reading->kind == READING_EXPORT;
    gint64 timeout = is_long ? reader->settings.export_timeout : reader->settings.timeout;
    g_autoptr(UsageSelect) select = make_select(reading);
    PoolStatement statement = make_statement(reading, select);

    if (pool_submit(reader->pool, &statement, timeout, is_long, &client, reading)) {
        keep_bounds_fresh(reader);
        return TRUE;
    }
    reading->search = NULL;
    reading_free(reading);
    return FALSE;
}

static UsageWindow first_window(const UsageReading *reading)
{
    const UsageSearch *search = reading->search;
    gint64 time = clock_wall();
    gboolean is_open = TRUE;

    if (usage_search_has(search, PARAMETER_TO) && search->to < time) {
        time = search->to;
        is_open = FALSE;
    }
    if (usage_search_has(search, PARAMETER_CURSOR) && search->after.created_at < time) {
        time = search->after.created_at;
        is_open = FALSE;
    }
    return usage_windows_first(reading->windows, time, is_open);
}

gboolean usage_reader_list(UsageReader *reader, UsageSearch *search, guint limit,
                           const UsageAudience *audience, gpointer data)
{
    UsageReading *reading = reading_new(reader, READING_LIST, audience, data);

    reading->search = search;
    reading->limit = limit;
    reading->window = first_window(reading);
    return begin(reading);
}

gboolean usage_reader_export(UsageReader *reader, UsageSearch *search, guint limit,
                             const UsageAudience *audience, gpointer data)
{
    UsageReading *reading = reading_new(reader, READING_EXPORT, audience, data);

    reading->search = search;
    reading->limit = limit;
    return begin(reading);
}

/* A table that is cut by time has a constraint that says: a version 7 id tells created_at. */
static void choose_window(UsageReading *reading)
{
    reading->window = usage_windows_first(reading->windows, clock_wall(), TRUE);
    if (!uuid_is_version_7(reading->id) || usage_windows_are_whole(reading->windows))
        return;
    reading->window.lower = uuid_time(reading->id);
    reading->window.upper = reading->window.lower + MILLISECOND;
    reading->is_last = TRUE;
}

gboolean usage_reader_find(UsageReader *reader, const guint8 id[USAGE_ID_SIZE],
                           const UsageAudience *audience, gpointer data)
{
    UsageReading *reading = reading_new(reader, READING_ONE, audience, data);

    memcpy(reading->id, id, USAGE_ID_SIZE);
    reading->limit = 1;
    choose_window(reading);
    return begin(reading);
}

gboolean usage_reader_stats(UsageReader *reader, UsageSearch *search, const UsageAudience *audience,
                            gpointer data)
{
    UsageReading *reading = reading_new(reader, READING_STATS, audience, data);

    reading->search = search;
    return begin(reading);
}

void usage_reading_resume(UsageReading *reading)
{
    pool_job_resume(reading->job);
}

/* --- The reader --------------------------------------------------------------------------------
 */

UsageReader *usage_reader_new(const UsageReaderSettings *settings)
{
    UsageReader *reader = g_new0(UsageReader, 1);
    g_autofree char *schema = sql_quote_identifier(settings->schema);

    reader->settings = *settings;
    reader->table = g_strconcat(schema, ".usage_logs", NULL);
    reader->name = g_strdup_printf("pgsluice-reader/%s", settings->instance);
    reader->windows = usage_windows_new(NULL, 0);
    pthread_mutex_init(&reader->mutex, NULL);
    reader->pool = pool_new(&(PoolSettings){.url = settings->url,
                                            .application_name = reader->name,
                                            .connect_timeout = settings->connect_timeout,
                                            .connections = settings->connections,
                                            .long_max = settings->exports_max,
                                            .waiting_max = settings->waiting_max});
    return reader;
}

void usage_reader_stop(UsageReader *reader)
{
    pool_stop(reader->pool);
}

void usage_reader_free(UsageReader *reader)
{
    if (!reader)
        return;
    pool_free(reader->pool);
    usage_windows_unref(reader->windows);
    pthread_mutex_destroy(&reader->mutex);
    g_free(reader->table);
    g_free(reader->name);
    g_free(reader);
}

PoolFigures usage_reader_figures(UsageReader *reader)
{
    return pool_figures(reader->pool);
}
