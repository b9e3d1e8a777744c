/*
 * Records what a real OpenSSL makes of each case. It is preloaded into a
 * program that carries the library (see README.md), reads every file of
 * $CASES in the way a phone's software does, from a file and through the
 * library's own functions, and prints one line per file and reader:
 *
 *     name <TAB> reader <TAB> verdict
 *
 * A verdict is "taken" with a hash (FNV-1a) of each certificate, or with the
 * number that the test's toy key holds, or else the library's own reason.
 * No header of any release is needed, for the functions that are called have
 * had the same shape since 0.9.8.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef void *(*call)();

static call find(const char *name)
{
    return (call)dlsym(RTLD_DEFAULT, name);
}

static void *make(const char *name, void *a, void *b, void *c, void *d)
{
    return find(name)(a, b, c, d);
}

static int no_password(char *buf, int size, int rwflag, void *u)
{
    return -1;
}

/* The first entry of the error queue names the cause, later ones its callers. */
static void print_reason(void)
{
    unsigned long e = ((unsigned long (*)(void))find("ERR_get_error"))();
    unsigned lib = find("OPENSSL_version_major") ? (e >> 23) & 0xff : (e >> 24) & 0xff;
    unsigned reason = find("OPENSSL_version_major") ? e & 0x7fffff : e & 0xfff;

    if (e == 0)
        printf("no reason given");
    else if (lib == 9 && reason == 108)
        printf("no start line");
    else if (lib == 9 && reason == 102)
        printf("bad end line");
    else if (lib == 9 && reason == 100)
        printf("bad base64 decode");
    else if (lib == 9 && reason == 104)
        printf("bad password read");
    else if (lib == 9)
        printf("pem %u", reason);
    else if (lib == 13)
        printf("asn1");
    else
        printf("library %u", lib);
    ((void (*)(void))find("ERR_clear_error"))();
}

static void print_certificate(void *x)
{
    unsigned char *der = NULL;
    int n = ((int (*)(void *, unsigned char **))find("i2d_X509"))(x, &der);
    uint32_t h = 2166136261u;

    for (int i = 0; i < n; i++)
        h = (h ^ der[i]) * 16777619u;
    printf(" %08x", h);
}

static void certificate(void *bio)
{
    void *x = make("PEM_read_bio_X509_AUX", bio, NULL, no_password, NULL);

    if (x == NULL) {
        print_reason();
        return;
    }
    printf("taken");
    print_certificate(x);
}

/* X509_load_cert_crl_file says yes or no, the list says what it has loaded. */
static void bundle(void *bio, const char *path)
{
    void *store = find("X509_STORE_new")();
    void *lookup = make("X509_STORE_add_lookup", store, find("X509_LOOKUP_file")(), NULL, NULL);
    int (*load)(void *, const char *, int) =
        (int (*)(void *, const char *, int))find("X509_load_cert_crl_file");
    int loaded = load(lookup, path, 1);
    int (*num)(void *) = (int (*)(void *))find("OPENSSL_sk_num");
    void *(*value)(void *, int) = (void *(*)(void *, int))find("OPENSSL_sk_value");
    void *list;

    if (loaded <= 0) {
        print_reason();
        return;
    }
    if (num == NULL) {
        num = (int (*)(void *))find("sk_num");
        value = (void *(*)(void *, int))find("sk_value");
    }
    list = make("PEM_X509_INFO_read_bio", bio, NULL, no_password, NULL);
    printf("taken");
    for (int i = 0; list != NULL && i < num(list); i++) {
        void **info = value(list, i); /* X509_INFO begins with its X509 */
        if (*info != NULL)
            print_certificate(*info);
    }
}

static void private_key(void *bio)
{
    void *key = make("PEM_read_bio_PrivateKey", bio, NULL, no_password, NULL);
    void *ec;

    if (key == NULL) {
        print_reason();
        return;
    }
    ec = find("EVP_PKEY_get1_EC_KEY")(key);
    printf("taken %lu", ((unsigned long (*)(const void *))find("BN_get_word"))(
                            find("EC_KEY_get0_private_key")(ec)));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

__attribute__((constructor)) static void record(void)
{
    const char *dir = getenv("CASES");
    const char *readers[] = {"certificate", "bundle", "key"};
    static char *names[4096];
    int n = 0;
    struct dirent *entry;
    DIR *d = dir ? opendir(dir) : NULL;

    if (d == NULL)
        return;
    unsetenv("LD_PRELOAD");
    if (find("OPENSSL_add_all_algorithms_noconf"))
        find("OPENSSL_add_all_algorithms_noconf")();
    while (n < 4096 && (entry = readdir(d)) != NULL)
        if (entry->d_name[0] != '.')
            names[n++] = strdup(entry->d_name);
    qsort(names, n, sizeof(names[0]), by_name);

    for (int i = 0; i < n; i++)
        for (int r = 0; r < 3; r++) {
            char path[4096];
            int status;

            printf("%s\t%s\t", names[i], readers[r]);
            fflush(stdout);
            snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
            if (fork() == 0) { /* a case may crash an old release */
                void *bio = make("BIO_new_file", path, "r", NULL, NULL);
                if (r == 0)
                    certificate(bio);
                else if (r == 1)
                    bundle(bio, path);
                else
                    private_key(bio);
                fflush(stdout);
                _exit(0);
            }
            wait(&status);
            printf(status == 0 ? "\n" : "crashed\n");
        }
    fflush(stdout);
    _exit(0);
}
