#include <curl/curl.h>

typedef size_t (*http_bytes)(char *bytes, size_t size, size_t count, void *owner);

// curl_easy_setopt is variadic and, where the compiler has its checks, a macro. NULL without memory, or for an address
// that is none. Redirects are not followed: whoever asked decides. QUICK_EXIT: a name that is being looked up does not
// hold up the thread when nobody waits for it any more.
static inline CURL *http_transfer(
    const char *method, const char *url, struct curl_slist *fields, const char *body, curl_off_t body_size,
    long milliseconds, curl_off_t limit, void *owner, http_bytes head, http_bytes content) {
    CURL *easy = curl_easy_init();
    if (!easy) return 0;
    CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, url);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (!code && body) code = curl_easy_setopt(easy, CURLOPT_POST, 1L);
    if (!code && body) code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, body_size);
    if (!code && body) code = curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, body);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    if (code) {
        curl_easy_cleanup(easy);
        return 0;
    }
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds);
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, limit);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, head);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, owner);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, content);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, owner);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, owner);
    return easy;
}

// HEAD has an answer without a body, which no other option says.
static inline void http_expect_no_body(CURL *easy) { curl_easy_setopt(easy, CURLOPT_NOBODY, 1L); }

// curl_easy_getinfo is variadic.
static inline long http_status(CURL *easy) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static inline const char *http_redirection(CURL *easy) {
    char *url = 0;
    curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &url);
    return url;
}

static inline void *http_owner(CURL *easy) {
    void *owner = 0;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
    return owner;
}

// The result is in a union. NULL when no transfer has ended.
static inline CURL *http_ended(CURLM *multi, CURLcode *result) {
    int left = 0;
    for (;;) {
        CURLMsg *message = curl_multi_info_read(multi, &left);
        if (!message) return 0;
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
}

// CURL_GLOBAL_ALL is a macro with a cast. To be called before any other thread uses libcurl.
static inline int http_initialize(void) { return curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK; }
