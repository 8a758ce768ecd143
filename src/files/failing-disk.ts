// The Disk's double: the real one, but chosen calls fail with chosen codes.

import { type Disk, saveBy } from './disk.js';

export interface DiskFault {
  readonly call: keyof Disk;
  /** Only where the path contains this; descriptors count as the path that they were created with. */
  readonly path?: string;
  /** Lets so many matching calls pass first. */
  readonly after?: number;
  /** A system code such as `ENOSPC`. */
  readonly code: string;
}

export function failingDisk(disk: Disk, faults: readonly DiskFault[]): Disk {
  const passed = new Map<DiskFault, number>();
  const paths = new Map<number, string>();
  const check = (call: keyof Disk, path: string): void => {
    for (const fault of faults) {
      if (fault.call !== call || !path.includes(fault.path ?? '')) continue;
      const count = (passed.get(fault) ?? 0) + 1;
      passed.set(fault, count);
      if (count > (fault.after ?? 0))
        throw Object.assign(new Error(`${fault.code}: ${call} ${path}`), { code: fault.code });
    }
  };
  const failing: Disk = {
    async create(path) {
      check('create', path);
      const descriptor = await disk.create(path);
      paths.set(descriptor, path);
      return descriptor;
    },
    async reopen(path) {
      check('reopen', path);
      const part = await disk.reopen(path);
      paths.set(part.descriptor, path);
      return part;
    },
    async read(descriptor, buffer, position) {
      check('read', paths.get(descriptor) ?? '');
      return disk.read(descriptor, buffer, position);
    },
    async truncate(descriptor, size) {
      check('truncate', paths.get(descriptor) ?? '');
      await disk.truncate(descriptor, size);
    },
    async sync(descriptor) {
      check('sync', paths.get(descriptor) ?? '');
      await disk.sync(descriptor);
    },
    async syncFolder(path) {
      check('syncFolder', path);
      await disk.syncFolder(path);
    },
    async size(path, descriptor) {
      check('size', path);
      return disk.size(path, descriptor);
    },
    async write(descriptor, buffers, position) {
      check('write', paths.get(descriptor) ?? '');
      await disk.write(descriptor, buffers, position);
    },
    async close(descriptor) {
      // The descriptor is given back all the same, as the system does.
      await disk.close(descriptor);
      check('close', paths.get(descriptor) ?? '');
    },
    async rename(from, to) {
      check('rename', to);
      await disk.rename(from, to);
    },
    async unlink(path) {
      check('unlink', path);
      await disk.unlink(path);
    },
    async occupant(path, part) {
      check('occupant', path);
      return disk.occupant(path, part);
    },
    async save(part, final, buffers, synced) {
      check('save', final);
      await saveBy(failing, part, final, buffers, synced);
    },
    async makeFolder(path) {
      check('makeFolder', path);
      await disk.makeFolder(path);
    },
    async isEmpty(path, except) {
      check('isEmpty', path);
      return disk.isEmpty(path, except);
    },
    async removeFolder(path) {
      check('removeFolder', path);
      await disk.removeFolder(path);
    },
  };
  return failing;
}
