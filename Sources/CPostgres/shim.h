#include <libpq-fe.h>

// The diagnostic fields are character macros, which Swift does not import.
static inline const char *standing_result_sqlstate(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

static inline const char *standing_result_message(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}

static inline const char *standing_result_constraint(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
}

// Arrays of C strings and a function that does nothing are simpler to state here. Keywords before `dbname` are
// defaults a URL may override, those after it are not.
static inline PGconn *standing_connect(const char *url, int start_only) {
    const char *keywords[] = {"connect_timeout", "tcp_user_timeout", "dbname", "client_encoding", NULL};
    const char *values[] = {"10", "30000", url, "UTF8", NULL};
    return start_only ? PQconnectStartParams(keywords, values, 1) : PQconnectdbParams(keywords, values, 1);
}

static inline void standing_ignore_notice(void *context, const PGresult *notice) {}

static inline void standing_ignore_notices(PGconn *connection) {
    PQsetNoticeReceiver(connection, standing_ignore_notice, NULL);
}

static inline PGPing standing_ping(const char *socket_directory) {
    const char *keywords[] = {"host", "port", "dbname", "connect_timeout", NULL};
    const char *values[] = {socket_directory, "5432", "postgres", "5", NULL};
    return PQpingParams(keywords, values, 0);
}
