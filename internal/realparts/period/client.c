/*
 * A TLS client as a phone has it, made of a period OpenSSL: preloaded into a
 * program that carries the library and exports its functions, it verifies the
 * server in the handshake (SSL_VERIFY_PEER, no callback), so that the library
 * itself sends the alert. It ends the program before that does anything else.
 *
 * The environment says what it does: CLIENT_PORT of 127.0.0.1, CLIENT_CA (PEM
 * file), and where they are set CLIENT_METHOD (the function: TLSv1_client_method),
 * CLIENT_CIPHERS, CLIENT_SNI, CLIENT_NAME (checked by releases that can), and
 * CLIENT_CERT with CLIENT_KEY (PEM files). What it reads from its input it sends;
 * it hangs up at the end of its input, or when the server does.
 *
 * The functions that are called have had the same shape since 0.9.8, so that no
 * header of any release is needed. Bytes go through memory, as in those programs:
 * not all of them have the library's sockets.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef void *(*pointer)();
typedef int (*number)();
typedef long (*quantity)();
#define P(name) ((pointer)dlsym(RTLD_DEFAULT, name))
#define N(name) ((number)dlsym(RTLD_DEFAULT, name))

enum { ERROR_WANT_READ = 2, VERIFY_PEER = 1, FILETYPE_PEM = 1, CTRL_OPTIONS = 32, OP_NO_SSLv3 = 0x02000000, CTRL_SET_TLSEXT_HOSTNAME = 55 };

static int fd;
static void *ssl, *in, *out; /* what came, what is to go */

/* flush sends what the library has written. */
static void flush(void)
{
    char buf[16384];
    int n;

    while ((n = N("BIO_read")(out, buf, (int)sizeof(buf))) > 0) {
        char *p = buf;
        while (n > 0) {
            ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
            if (sent <= 0)
                return;
            p += sent;
            n -= sent;
        }
    }
}

/* receive waits for bytes of the server; 0 when there are no more. */
static int receive(void)
{
    char buf[16384];
    ssize_t n = recv(fd, buf, sizeof(buf), 0);

    if (n > 0)
        N("BIO_write")(in, buf, (int)n);
    return n > 0;
}

static int handshake(void)
{
    for (;;) {
        int r = N("SSL_connect")(ssl);
        flush();
        if (r > 0)
            return 1;
        if (N("SSL_get_error")(ssl, r) != ERROR_WANT_READ || !receive())
            return 0;
    }
}

/* talk passes on between the program's input and output and the server. */
static void talk(void)
{
    struct pollfd fds[2] = {{0, POLLIN}, {fd, POLLIN}};
    char buf[16384];
    int n;

    for (;;) {
        if (poll(fds, 2, -1) < 0)
            return;
        if (fds[0].revents) {
            if ((n = read(0, buf, sizeof(buf))) <= 0)
                break;
            N("SSL_write")(ssl, buf, n);
            flush();
        }
        if (fds[1].revents) {
            if (!receive())
                return;
            while ((n = N("SSL_read")(ssl, buf, (int)sizeof(buf))) > 0)
                fwrite(buf, 1, n, stdout);
            fflush(stdout);
            flush();
            if (N("SSL_get_error")(ssl, n) != ERROR_WANT_READ)
                return;
        }
    }
    N("SSL_shutdown")(ssl);
    flush();
}

static void *context(void)
{
    const char *ciphers = getenv("CLIENT_CIPHERS"), *cert = getenv("CLIENT_CERT"), *key = getenv("CLIENT_KEY");
    const char *method = getenv("CLIENT_METHOD");
    void *ctx = P("SSL_CTX_new")(P(method ? method : "SSLv23_client_method")());

    if (method == NULL)
        ((quantity)dlsym(RTLD_DEFAULT, "SSL_CTX_ctrl"))(ctx, CTRL_OPTIONS, (long)OP_NO_SSLv3, NULL);
    N("SSL_CTX_set_verify")(ctx, VERIFY_PEER, NULL);
    if (N("SSL_CTX_load_verify_locations")(ctx, getenv("CLIENT_CA"), NULL) != 1)
        printf("CLIENT_CA cannot be read\n");
    if (ciphers && N("SSL_CTX_set_cipher_list")(ctx, ciphers) != 1)
        printf("CLIENT_CIPHERS has none that is known\n");
    if (cert && (N("SSL_CTX_use_certificate_chain_file")(ctx, cert) != 1 || N("SSL_CTX_use_PrivateKey_file")(ctx, key, FILETYPE_PEM) != 1))
        printf("CLIENT_CERT or CLIENT_KEY cannot be read\n");
    return ctx;
}

/* name has a release from 1.0.2 on check the server's name in the handshake. */
static void name(const char *expected)
{
    struct in_addr parsed;

    if (dlsym(RTLD_DEFAULT, "X509_VERIFY_PARAM_set1_host") == NULL)
        return;
    if (inet_pton(AF_INET, expected, &parsed) == 1)
        N("X509_VERIFY_PARAM_set1_ip")(P("SSL_get0_param")(ssl), (unsigned char *)&parsed, (size_t)4);
    else
        N("X509_VERIFY_PARAM_set1_host")(P("SSL_get0_param")(ssl), expected, (size_t)0);
}

__attribute__((constructor)) static void run(void)
{
    struct sockaddr_in server = {.sin_family = AF_INET};
    long result;
    int connected;

    if (getenv("CLIENT_PORT") == NULL)
        return;
    server.sin_port = htons(atoi(getenv("CLIENT_PORT")));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&server, sizeof(server)) != 0) {
        perror("connect");
        _exit(1);
    }
    N("SSL_library_init")();
    N("SSL_load_error_strings")();
    ssl = P("SSL_new")(context());
    in = P("BIO_new")(P("BIO_s_mem")());
    out = P("BIO_new")(P("BIO_s_mem")());
    N("SSL_set_bio")(ssl, in, out);
    if (getenv("CLIENT_SNI"))
        ((quantity)dlsym(RTLD_DEFAULT, "SSL_ctrl"))(ssl, CTRL_SET_TLSEXT_HOSTNAME, 0L, getenv("CLIENT_SNI"));
    if (getenv("CLIENT_NAME"))
        name(getenv("CLIENT_NAME"));
    connected = handshake();
    result = ((quantity)dlsym(RTLD_DEFAULT, "SSL_get_verify_result"))(ssl);
    printf("handshake: %s\n", connected ? ((const char *(*)(void *))dlsym(RTLD_DEFAULT, "SSL_get_version"))(ssl) : "no");
    printf("verify: %ld (%s)\n", result, ((const char *(*)(long))dlsym(RTLD_DEFAULT, "X509_verify_cert_error_string"))(result));
    if (!connected)
        N("ERR_print_errors_fp")(stdout);
    fflush(stdout);
    if (connected)
        talk();
    close(fd);
    _exit(0);
}
