/* limit LIST SLOTS RUN: the least that a program can do to get a list onto a disk. A line of the list is "ADDRESS PORT PATH FILE".
   Each slot is a process with blocking calls; it takes RUN lines at a time and keeps its connection while the address stays.
   Nothing is checked but the length: what it takes is what this machine cannot go under by much. With -DTLS over OpenSSL. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef TLS
#include <openssl/ssl.h>
#endif

#define BUFFER (256 * 1024)

struct line { char *address, *port, *path, *file; };

static struct line *lines;
static long count;
static char buffer[BUFFER + 1];
static int connection = -1;

#ifdef TLS
static SSL_CTX *context;
static SSL *session;
static ssize_t receive(char *to, size_t most) { return SSL_read(session, to, most); }
static ssize_t transmit(const char *from, size_t length) { return SSL_write(session, from, length); }
#else
static ssize_t receive(char *to, size_t most) { return read(connection, to, most); }
static ssize_t transmit(const char *from, size_t length) { return write(connection, from, length); }
#endif

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void read_list(const char *path) {
  FILE *list = fopen(path, "r");
  char *text = NULL;
  size_t room = 0;
  long places = 0;
  if (list == NULL) fail(path);
  for (; getline(&text, &room, list) > 0; text = NULL) {
    if (count == places) lines = realloc(lines, (places = places * 2 + 16) * sizeof *lines);
    lines[count++] = (struct line){strtok(text, " "), strtok(NULL, " "), strtok(NULL, " "), strtok(NULL, "\n")};
  }
  fclose(list);
}

static void open_connection(const struct line *line) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(line->port))};
  inet_pton(AF_INET, line->address, &to.sin_addr);
  if (connection >= 0) close(connection);
  connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(connection, (struct sockaddr *)&to, sizeof to) < 0) fail("connect");
#ifdef TLS
  if (session != NULL) SSL_free(session);
  session = SSL_new(context);
  SSL_set_fd(session, connection);
  if (SSL_connect(session) != 1) fail("handshake");
#endif
}

static void get(const struct line *line) {
  int length = snprintf(buffer, BUFFER, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", line->path, line->address);
  if (transmit(buffer, length) != length) fail("request");
  ssize_t had = 0, some;
  char *body = NULL;
  while (body == NULL) {
    if ((some = receive(buffer + had, BUFFER - had)) <= 0) fail("head");
    had += some;
    buffer[had] = 0;
    body = strstr(buffer, "\r\n\r\n");
  }
  char *field = strcasestr(buffer, "\r\ncontent-length:");
  if (field == NULL || strncmp(buffer, "HTTP/1.1 200", 12) != 0) fail("answer");
  long left = atol(field + 17);
  int file = open(line->file, O_CREAT | O_WRONLY | O_TRUNC, 0666);
  if (file < 0) fail(line->file);
  body += 4;
  for (some = buffer + had - body;; body = buffer) {
    if (some > 0 && write(file, body, some) != some) fail("write");
    if ((left -= some) <= 0) break;
    if ((some = receive(buffer, left < BUFFER ? left : BUFFER)) <= 0) fail("body");
  }
  close(file);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  read_list(argv[1]);
#ifdef TLS
  context = SSL_CTX_new(TLS_client_method());
#endif
  long run = atol(argv[3]);
  long *next = mmap(NULL, sizeof *next, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (long slot = atol(argv[2]); slot > 0; slot--) {
    if (fork() != 0) continue;
    const struct line *last = NULL;
    for (long first; (first = __atomic_fetch_add(next, run, __ATOMIC_RELAXED)) < count;) {
      for (long index = first; index < first + run && index < count; last = &lines[index++]) {
        if (last == NULL || strcmp(last->address, lines[index].address) != 0) open_connection(&lines[index]);
        get(&lines[index]);
      }
    }
    return 0;
  }
  int status, failed = 0;
  while (wait(&status) > 0) failed |= status;
  return failed != 0;
}
