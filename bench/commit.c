/* commit CONNECTIONS: the least that a libmicrohttpd server can do which answers after the commit.
 * Each POST is suspended; one thread takes all that wait, sends a prepared INSERT of one and the
 * same row for each through a pipeline, one commit for all, and resumes them with 201. Nothing is
 * parsed. The table is floor_logs of the database that the environment names (libpq's). Two polling
 * threads. Prints its port on 127.0.0.1 and serves until its standard input ends. */
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BATCH_MAX = 1000, FIELDS = 9 };

typedef struct Waiter {
    struct MHD_Connection *connection;
    struct Waiter *next;
    int is_stored;
} Waiter;

static const char insert[] =
    "INSERT INTO floor_logs (action_type, endpoint, ip_address, success, error_message, "
    "processing_time_ms, file_name, file_size, file_type) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
static const char *const row[FIELDS] = {
    "upload",
    "/api/v1/files/upload",
    "203.0.113.7",
    "t",
    NULL,
    "42.5",
    "quarterly-report-2024-final-version-reviewed-by-finance-and-signed-off-by-the-board.pdf",
    "1048576",
    "application/pdf"};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrived = PTHREAD_COND_INITIALIZER;
static Waiter *first, **end = &first;
static struct MHD_Response *answer;

static void fail(const char *what)
{
    fprintf(stderr, "commit: %s\n", what);
    exit(1);
}

static Waiter *take_batch(int *count)
{
    Waiter *batch, **last;

    pthread_mutex_lock(&mutex);
    while (!first)
        pthread_cond_wait(&arrived, &mutex);
    batch = first;
    last = &first;
    for (*count = 0; *last && *count < BATCH_MAX; ++*count)
        last = &(*last)->next;
    first = *last;
    *last = NULL;
    if (!first)
        end = &first;
    pthread_mutex_unlock(&mutex);
    return batch;
}

static void insert_rows(PGconn *pg, int count)
{
    PGresult *result;
    int is_synced = 0;

    for (int i = 0; i < count; i++)
        if (!PQsendQueryPrepared(pg, "insert", FIELDS, row, NULL, NULL, 0))
            fail(PQerrorMessage(pg));
    if (!PQpipelineSync(pg))
        fail(PQerrorMessage(pg));
    while (!is_synced) {
        result = PQgetResult(pg);
        if (result && PQresultStatus(result) != PGRES_COMMAND_OK &&
            PQresultStatus(result) != PGRES_PIPELINE_SYNC)
            fail(PQresultErrorMessage(result));
        is_synced = result && PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        PQclear(result);
    }
}

static void *write_on(void *data)
{
    PGconn *pg = PQconnectdb("");
    PGresult *prepared;

    (void)data;
    if (PQstatus(pg) != CONNECTION_OK)
        fail(PQerrorMessage(pg));
    prepared = PQprepare(pg, "insert", insert, 0, NULL);
    if (PQresultStatus(prepared) != PGRES_COMMAND_OK || !PQenterPipelineMode(pg))
        fail(PQerrorMessage(pg));
    PQclear(prepared);
    for (;;) {
        int count;
        Waiter *next, *waiter = take_batch(&count);

        insert_rows(pg, count);
        for (; waiter; waiter = next) {
            next = waiter->next;
            waiter->is_stored = 1;
            MHD_resume_connection(waiter->connection);
        }
    }
    return NULL;
}

static void put(Waiter *waiter)
{
    MHD_suspend_connection(waiter->connection);
    pthread_mutex_lock(&mutex);
    *end = waiter;
    end = &waiter->next;
    pthread_cond_signal(&arrived);
    pthread_mutex_unlock(&mutex);
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **context)
{
    Waiter *waiter = *context;

    (void)cls, (void)url, (void)method, (void)version, (void)data;
    if (!waiter) {
        *context = waiter = calloc(1, sizeof *waiter);
        if (!waiter)
            fail("no memory");
        waiter->connection = connection;
        return MHD_YES;
    }
    if (*size > 0) {
        *size = 0;
        return MHD_YES;
    }
    if (waiter->is_stored)
        return MHD_queue_response(connection, MHD_HTTP_CREATED, answer);
    put(waiter);
    return MHD_YES;
}

static void complete(void *cls, struct MHD_Connection *connection, void **context,
                     enum MHD_RequestTerminationCode why)
{
    (void)cls, (void)connection, (void)why;
    free(*context);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Daemon *daemon;
    pthread_t thread;
    char byte;

    if (argc != 2) {
        fprintf(stderr, "usage: commit CONNECTIONS\n");
        return 2;
    }
    answer = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    if (pthread_create(&thread, NULL, write_on, NULL) != 0)
        fail("no thread");
    daemon = MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME,
                              0, NULL, NULL, handle, NULL, MHD_OPTION_SOCK_ADDR, &address,
                              MHD_OPTION_CONNECTION_LIMIT, (unsigned)atoi(argv[1]),
                              MHD_OPTION_NOTIFY_COMPLETED, complete, NULL,
                              MHD_OPTION_THREAD_POOL_SIZE, 2U, MHD_OPTION_END);
    if (!daemon)
        fail("cannot start");
    printf("%u\n", (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
    _exit(0);
}
