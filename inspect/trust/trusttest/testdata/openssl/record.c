/*
 * Records how a real OpenSSL judges each chain. It is preloaded into a program
 * that carries the library (see README.md), verifies every chain of $VECTORS
 * with X509_verify_cert as a TLS client does that aborts at the first error,
 * and prints one line per chain: its number and the number of that error.
 * The functions that are called have had the same shape since 0.9.8, so that
 * no header of any release is needed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef void *(*call)();

static call find(const char *name)
{
    return (call)dlsym(RTLD_DEFAULT, name);
}

static int first;

static int stop(int good, void *ctx)
{
    if (!good && first == 0)
        first = ((int (*)(void *))find("X509_STORE_CTX_get_error"))(ctx);
    return good;
}

static void *read_certificate(const char *dir, int vector, const char *kind, int n)
{
    static unsigned char buf[1 << 20];
    const unsigned char *p = buf;
    char path[4096];
    FILE *f;
    long size;

    snprintf(path, sizeof(path), "%s/%d-%s-%d.der", dir, vector, kind, n);
    if ((f = fopen(path, "rb")) == NULL)
        return NULL;
    size = fread(buf, 1, sizeof(buf), f);
    fclose(f);
    return ((void *(*)(void *, const unsigned char **, long))find("d2i_X509"))(NULL, &p, size);
}

static void verify(const char *dir, int vector, long clock, int sent, int held)
{
    const char *push_name = find("OPENSSL_sk_push") ? "OPENSSL_sk_push" : "sk_push";
    const char *new_name = find("OPENSSL_sk_new_null") ? "OPENSSL_sk_new_null" : "sk_new_null";
    void *store = find("X509_STORE_new")(), *chain = find(new_name)();
    void *ctx = find("X509_STORE_CTX_new")(), *leaf = NULL;
    int i, result;

    for (i = 0; i < sent; i++) {
        void *x = read_certificate(dir, vector, "sent", i);
        if (x == NULL) {
            printf("unreadable");
            return;
        }
        if (i == 0)
            leaf = x;
        find(push_name)(chain, x);
    }
    for (i = 0; i < held; i++) {
        void *x = read_certificate(dir, vector, "store", i);
        if (x != NULL)
            find("X509_STORE_add_cert")(store, x);
    }
    find("X509_STORE_CTX_init")(ctx, store, leaf, chain);
    find("X509_STORE_CTX_set_default")(ctx, "ssl_server");
    ((void (*)(void *, unsigned long, time_t))find("X509_STORE_CTX_set_time"))(ctx, 0, clock);
    ((void (*)(void *, int (*)(int, void *)))find("X509_STORE_CTX_set_verify_cb"))(ctx, stop);
    if (find("X509_VERIFY_PARAM_set_auth_level")) /* what SSL_new sets */
        ((void (*)(void *, int))find("X509_VERIFY_PARAM_set_auth_level"))(find("X509_STORE_CTX_get0_param")(ctx), 1);
    result = ((int (*)(void *))find("X509_verify_cert"))(ctx);
    if (result <= 0 && first == 0)
        first = ((int (*)(void *))find("X509_STORE_CTX_get_error"))(ctx);
    printf("%d", result > 0 ? 0 : first);
}

__attribute__((constructor)) static void record(void)
{
    const char *dir = getenv("VECTORS");
    char path[4096];
    int vector, sent, held;
    long clock;
    FILE *index;

    if (dir == NULL)
        return;
    unsetenv("LD_PRELOAD");
    if (find("SSL_library_init")) /* from 1.1.0 on all is there by itself */
        ((int (*)(void))find("SSL_library_init"))();
    snprintf(path, sizeof(path), "%s/index", dir);
    if ((index = fopen(path, "r")) == NULL)
        _exit(1);
    while (fscanf(index, "%d %ld %d %d", &vector, &clock, &sent, &held) == 4) {
        int status;

        printf("%d\t", vector);
        fflush(stdout);
        if (fork() == 0) { /* one chain must not spoil the next */
            verify(dir, vector, clock, sent, held);
            fflush(stdout);
            _exit(0);
        }
        wait(&status);
        printf(status == 0 ? "\n" : "crashed\n");
    }
    fflush(stdout);
    _exit(0);
}
