/* floor DIR: the least that any tool must do to find that there is nothing to do: read the head of
 * every file of DIR, connect (PG* environment), take an advisory lock, read the version. */
#include <dirent.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <unistd.h>

static int read_heads(const char *directory)
{
    DIR *stream = opendir(directory);
    struct dirent *entry;
    char head[1024];
    int count = 0;

    if (!stream)
        return -1;
    while ((entry = readdir(stream))) {
        int fd = openat(dirfd(stream), entry->d_name, O_RDONLY | O_CLOEXEC);

        if (fd < 0)
            continue;
        count += read(fd, head, sizeof head) > 0;
        close(fd);
    }
    closedir(stream);
    return count;
}

static int read_version(void)
{
    PGconn *conn = PQconnectdb("");
    PGresult *result =
        PQexec(conn, "SELECT pg_try_advisory_lock(8); SELECT version_num FROM alembic_version");
    int is_read = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;

    if (!is_read)
        fprintf(stderr, "floor: %s", PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
    return is_read;
}

int main(int argc, char **argv)
{
    if (argc != 2 || read_heads(argv[1]) <= 0) {
        fprintf(stderr, "usage: floor DIR (with files in it)\n");
        return 2;
    }
    return read_version() ? 0 : 1;
}
