/* rusage REPORT COMMAND ...: runs it and writes "wall user system peak", in seconds and KiB, of it and what it waited for.
   Small on purpose: Linux counts the memory of the process that calls exec as the peak of what it becomes. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval time) { return time.tv_sec + time.tv_usec / 1e6; }

int main(int argc, char **argv) {
  struct timespec began, ended;
  struct rusage usage;
  int status;
  if (argc < 3) return 2;
  clock_gettime(CLOCK_MONOTONIC, &began);
  pid_t child = fork();
  if (child == 0) {
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  if (child < 0 || wait4(child, &status, 0, &usage) < 0) return 1;
  clock_gettime(CLOCK_MONOTONIC, &ended);
  FILE *report = fopen(argv[1], "w");
  if (report == NULL) return 1;
  double wall = (ended.tv_sec - began.tv_sec) + (ended.tv_nsec - began.tv_nsec) / 1e9;
  fprintf(report, "%.6f %.6f %.6f %ld\n", wall, seconds(usage.ru_utime), seconds(usage.ru_stime),
#ifdef __APPLE__
          usage.ru_maxrss / 1024);
#else
          usage.ru_maxrss);
#endif
  fclose(report);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
