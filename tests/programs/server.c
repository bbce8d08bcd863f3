/* server: a threaded echo server and its client: `server both C R`, or `server serve C` and `server client PORT C R`. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* One thread for each connection: sends back what it receives until the client closes. */
static void *echo(void *argument)
{
    int connection = (int)(long)argument;
    char buffer[64];
    ssize_t length;

    while ((length = recv(connection, buffer, sizeof buffer, 0)) > 0)
        if (send(connection, buffer, length, MSG_NOSIGNAL) != length)
            break;
    close(connection);
    return NULL;
}

static int listening(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 64))
        exit(1);
    getsockname(server, (struct sockaddr *)&address, &length);
    *port = ntohs(address.sin_port);
    return server;
}

static int serve(int server, int connections)
{
    pthread_t thread[connections];

    for (int i = 0; i < connections; i++) {
        long connection = accept(server, NULL, NULL);
        pthread_create(&thread[i], NULL, echo, (void *)connection);
    }
    for (int i = 0; i < connections; i++)
        pthread_join(thread[i], NULL);
    return 0;
}

/* Prints how many requests were not answered with their own text. */
static int client(int port, int connections, int requests)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int lost = 0, one = 1;

    for (int i = 0; i < connections; i++) {
        int connection = socket(AF_INET, SOCK_STREAM, 0);
        char request[32], answer[32];

        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (connect(connection, (struct sockaddr *)&address, sizeof address))
            lost += requests;
        else
            for (int j = 0; j < requests; j++) {
                int length = snprintf(request, sizeof request, "request %d of %d", j, i);
                if (send(connection, request, length, MSG_NOSIGNAL) != length ||
                    recv(connection, answer, length, MSG_WAITALL) != length || memcmp(request, answer, length))
                    lost++;
            }
        close(connection);
    }
    printf("%d requests, %d lost\n", connections * requests, lost);
    return lost != 0;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "both";
    int port, server, status, connections = argc > 2 ? atoi(argv[2]) : 3, requests = argc > 3 ? atoi(argv[3]) : 10;
    sigset_t chld;

    if (strcmp(mode, "client") == 0)
        return client(connections, requests, argc > 4 ? atoi(argv[4]) : 10); /* PORT C R */
    server = listening(&port);
    if (strcmp(mode, "serve") == 0) {
        printf("%d\n", port);
        fflush(stdout);
        return serve(server, connections);
    }
    /* Blocked until the end: when the signal of a child arrives is a matter of chance. */
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    if (fork() == 0)
        return client(port, connections, requests);
    serve(server, connections);
    wait(&status);
    sigprocmask(SIG_UNBLOCK, &chld, NULL);
    return WEXITSTATUS(status);
}
