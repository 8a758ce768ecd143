// What must not outlive this process, however it ends: servers, folders, the tool itself.

const tasks = new Set<() => void>();

for (const [signal, number] of [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const)
  process.on(signal, () => process.exit(128 + number));

process.on('exit', () => {
  // The last first: a server before the folder that it writes to.
  for (const task of [...tasks].reverse()) task();
});

/** Runs `task`, which must be synchronous, when the process ends; what is returned takes it back. */
export function atExit(task: () => void): () => void {
  tasks.add(task);
  return () => tasks.delete(task);
}
