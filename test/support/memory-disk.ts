// A disk in memory: nothing waits for the system, so that a fake clock can drive all there is.

import { dirname } from 'node:path';
import { type Disk, type Occupant, type OpenPart, saveBy } from '../../src/files/disk.js';

export class MemoryDisk implements Disk {
  readonly files = new Map<string, Uint8Array>();
  readonly folders = new Set<string>();
  /** Descriptors that are open. */
  readonly open = new Map<number, string>();
  #descriptors = 0;

  /** The content of a file as text; null when there is none. */
  text(path: string): string | null {
    const bytes = this.files.get(path);
    return bytes === undefined ? null : Buffer.from(bytes).toString();
  }

  put(path: string, content = ''): void {
    this.files.set(path, Buffer.from(content));
  }

  create(path: string): Promise<number> {
    if (this.files.has(path) || this.folders.has(path)) return Promise.reject(fault('EEXIST', path));
    const descriptor = ++this.#descriptors;
    this.files.set(path, new Uint8Array(0));
    this.open.set(descriptor, path);
    return Promise.resolve(descriptor);
  }

  reopen(path: string): Promise<OpenPart> {
    const bytes = this.files.get(path);
    if (bytes === undefined) return Promise.reject(fault('ENOENT', path));
    const descriptor = ++this.#descriptors;
    this.open.set(descriptor, path);
    return Promise.resolve({ descriptor, size: bytes.length });
  }

  read(descriptor: number, buffer: Uint8Array, position: number): Promise<number> {
    const bytes = this.files
      .get(this.open.get(descriptor) ?? '')
      ?.subarray(position, position + buffer.length);
    buffer.set(bytes ?? []);
    return Promise.resolve(bytes?.length ?? 0);
  }

  truncate(descriptor: number, size: number): Promise<void> {
    const path = this.open.get(descriptor) ?? '';
    this.files.set(path, (this.files.get(path) ?? new Uint8Array(0)).slice(0, size));
    return Promise.resolve();
  }

  sync(_descriptor: number): Promise<void> {
    return Promise.resolve();
  }

  syncFolder(_path: string): Promise<void> {
    return Promise.resolve();
  }

  size(path: string, descriptor?: number): Promise<number | null> {
    const isAnother = descriptor !== undefined && this.open.get(descriptor) !== path;
    return Promise.resolve(isAnother ? null : (this.files.get(path)?.length ?? null));
  }

  write(descriptor: number, buffers: readonly Uint8Array[], position: number): Promise<void> {
    const path = this.open.get(descriptor);
    const before = path === undefined ? undefined : this.files.get(path);
    if (path === undefined || before === undefined) return Promise.reject(fault('EBADF', String(descriptor)));
    const end = position + buffers.reduce((sum, { length }) => sum + length, 0);
    const gap = Buffer.alloc(Math.max(0, position - before.length));
    this.files.set(
      path,
      Buffer.concat([before.subarray(0, position), gap, ...buffers, before.subarray(end)]),
    );
    return Promise.resolve();
  }

  close(descriptor: number): Promise<void> {
    return this.open.delete(descriptor)
      ? Promise.resolve()
      : Promise.reject(fault('EBADF', String(descriptor)));
  }

  rename(from: string, to: string): Promise<void> {
    const bytes = this.files.get(from);
    if (bytes === undefined) return Promise.reject(fault('ENOENT', from));
    if (this.folders.has(to)) return Promise.reject(fault('EISDIR', to));
    this.files.delete(from);
    this.files.set(to, bytes);
    return Promise.resolve();
  }

  unlink(path: string): Promise<void> {
    return this.files.delete(path) ? Promise.resolve() : Promise.reject(fault('ENOENT', path));
  }

  occupant(path: string, part?: string): Promise<Occupant> {
    const found = this.folders.has(path) ? 'folder' : this.files.has(path) ? 'file' : 'nothing';
    if (found !== 'nothing' || part === undefined) return Promise.resolve(found);
    if (this.files.has(part)) return Promise.resolve('part');
    return Promise.resolve(this.folders.has(part) ? 'blocked' : 'nothing');
  }

  save(part: string, final: string, buffers: readonly Uint8Array[], synced: boolean): Promise<void> {
    return saveBy(this, part, final, buffers, synced);
  }

  makeFolder(path: string): Promise<void> {
    for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) this.folders.add(folder);
    return Promise.resolve();
  }

  isEmpty(path: string, except: string): Promise<boolean> {
    const isHeld = (each: string): boolean =>
      each.startsWith(`${path}/`) && each.slice(path.length + 1).split('/')[0] !== except;
    return Promise.resolve(![...this.files.keys(), ...this.folders].some(isHeld));
  }

  removeFolder(path: string): Promise<void> {
    const isWithin = (each: string): boolean => each === path || each.startsWith(`${path}/`);
    for (const each of [...this.files.keys()].filter(isWithin)) this.files.delete(each);
    for (const each of [...this.folders].filter(isWithin)) this.folders.delete(each);
    return Promise.resolve();
  }
}

function fault(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
