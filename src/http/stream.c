/* A buffer between a writer and libmicrohttpd's reader. A connection that has nothing to send is
 * suspended. Locks: a stream's before the waiters'. */
#include "http/stream.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#include "http/internal.h"
#include "http/visitors.h"

enum { PIECE = 32 * 1024 };

struct HttpStream {
    atomic_uint references;
    pthread_mutex_t mutex; /* of all below */
    GByteArray *bytes;     /* from `start` on nobody has read them */
    gsize start;
    gsize room;
    HttpStreamRoom on_room; /* NULL: the writer has ended */
    gpointer data;
    gboolean is_full;     /* the writer waits */
    gboolean is_complete; /* when it has ended */
    gboolean is_closed;   /* nobody reads any more */
    gsize sent;
    struct MHD_Connection *connection; /* NULL: not yet, or no longer */
    int fd;
    Waiters *waiters;
    Suspension suspension;
};

HttpStream *http_stream_new(gsize room, HttpStreamRoom on_room, gpointer data)
{
    HttpStream *stream = g_new0(HttpStream, 1);

    atomic_init(&stream->references, 1);
    pthread_mutex_init(&stream->mutex, NULL);
    stream->bytes = g_byte_array_new();
    stream->room = room;
    stream->on_room = on_room;
    stream->data = data;
    stream->fd = -1;
    return stream;
}

HttpStream *stream_ref(HttpStream *stream)
{
    atomic_fetch_add(&stream->references, 1);
    return stream;
}

void stream_unref(HttpStream *stream)
{
    if (!stream || atomic_fetch_sub(&stream->references, 1) > 1)
        return;
    waiters_unref(stream->waiters);
    pthread_mutex_destroy(&stream->mutex);
    g_byte_array_unref(stream->bytes);
    g_free(stream);
}

/* --- The reader ------------------------------------------------------------------------------- */

static gsize unread(const HttpStream *stream)
{
    return stream->bytes->len - stream->start;
}

static void call_writer(HttpStream *stream)
{
    stream->is_full = FALSE;
    if (stream->on_room)
        stream->on_room(stream->data);
}

/* What was read is thrown away when it is the larger part, so that each byte moves once. */
static void forget_read(HttpStream *stream)
{
    if (unread(stream) == 0)
        g_byte_array_set_size(stream->bytes, 0);
    else if (stream->start > stream->bytes->len / 2)
        g_byte_array_remove_range(stream->bytes, 0, (guint)stream->start);
    else
        return;
    stream->start = 0;
}

static ssize_t take_bytes(HttpStream *stream, char *buffer, size_t size)
{
    gsize length = MIN(size, unread(stream));

    memcpy(buffer, stream->bytes->data + stream->start, length);
    stream->start += length;
    stream->sent += length;
    forget_read(stream);
    if (stream->is_full && unread(stream) <= stream->room / 2)
        call_writer(stream);
    return (ssize_t)length;
}

static ssize_t read_bytes(HttpStream *stream, char *buffer, size_t size)
{
    visitors_request_goes_on(stream->connection);
    if (unread(stream) > 0)
        return take_bytes(stream, buffer, size);
    if (!stream->on_room)
        return stream->is_complete ? MHD_CONTENT_READER_END_OF_STREAM
                                   : MHD_CONTENT_READER_END_WITH_ERROR;
    visitors_request_waits(stream->connection);
    return waiters_suspend(stream->waiters, &stream->suspension)
               ? 0
               : MHD_CONTENT_READER_END_WITH_ERROR;
}

static ssize_t read_for_library(void *data, uint64_t position, char *buffer, size_t size)
{
    HttpStream *stream = data;
    ssize_t length;

    (void)position;
    pthread_mutex_lock(&stream->mutex);
    length = read_bytes(stream, buffer, size);
    pthread_mutex_unlock(&stream->mutex);
    return length;
}

/* The answer is over, one way or the other. */
static void close_for_library(void *data)
{
    HttpStream *stream = data;

    pthread_mutex_lock(&stream->mutex);
    stream->is_closed = TRUE;
    stream->connection = NULL;
    call_writer(stream);
    pthread_mutex_unlock(&stream->mutex);
    stream_unref(stream);
}

struct MHD_Response *stream_mhd_response(HttpStream *stream)
{
    struct MHD_Response *mhd = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, PIECE, read_for_library, stream_ref(stream), close_for_library);

    if (!mhd)
        g_error("out of memory for a response");
    return mhd;
}

void stream_attach(HttpStream *stream, struct MHD_Connection *connection, Waiters *waiters)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    pthread_mutex_lock(&stream->mutex);
    stream->connection = connection;
    stream->fd = info ? info->connect_fd : -1;
    stream->waiters = waiters_ref(waiters);
    stream->suspension =
        (Suspension){.link = {.data = &stream->suspension}, .connection = connection};
    pthread_mutex_unlock(&stream->mutex);
}

gsize stream_sent(HttpStream *stream)
{
    gsize sent;

    pthread_mutex_lock(&stream->mutex);
    sent = stream->sent;
    pthread_mutex_unlock(&stream->mutex);
    return sent;
}

/* --- The writer ------------------------------------------------------------------------------- */

static void wake_reader(HttpStream *stream)
{
    if (stream->connection)
        waiters_resume(stream->waiters, &stream->suspension);
}

gboolean http_stream_write(HttpStream *stream, const char *bytes, gsize length)
{
    gboolean has_room;

    pthread_mutex_lock(&stream->mutex);
    if (!stream->is_closed)
        g_byte_array_append(stream->bytes, (const guint8 *)bytes, (guint)length);
    stream->is_full = !stream->is_closed && unread(stream) >= stream->room;
    has_room = !stream->is_full;
    wake_reader(stream);
    pthread_mutex_unlock(&stream->mutex);
    return has_room;
}

gboolean http_stream_is_abandoned(HttpStream *stream)
{
    gboolean is_gone;

    pthread_mutex_lock(&stream->mutex);
    is_gone = stream->is_closed;
    if (!is_gone && stream->connection) {
        struct pollfd ended = {.fd = stream->fd, .events = POLLRDHUP};

        is_gone = poll(&ended, 1, 0) > 0;
    }
    pthread_mutex_unlock(&stream->mutex);
    return is_gone;
}

void http_stream_end(HttpStream *stream, gboolean is_complete)
{
    pthread_mutex_lock(&stream->mutex);
    stream->on_room = NULL;
    stream->is_complete = is_complete;
    wake_reader(stream);
    pthread_mutex_unlock(&stream->mutex);
    stream_unref(stream);
}
