// A semaphore that always has a permit: where a limit is optional (gevent.lock.DummySemaphore).

import { hold, use } from './hold.js';
import type { WaitOptions } from './timeout.js';

export class DummySemaphore {
  locked(): boolean {
    return false;
  }

  ready(): boolean {
    return true;
  }

  acquire(_options: WaitOptions = {}): Promise<boolean> {
    return Promise.resolve(true);
  }

  release(): void {}

  wait(_options: WaitOptions = {}): Promise<number> {
    return Promise.resolve(1);
  }

  hold(options: WaitOptions = {}): Promise<Disposable> {
    return hold(this, options);
  }

  use<T>(run: () => T | PromiseLike<T>): Promise<T> {
    return use(this, run);
  }

  rawlink(_callback: (semaphore: this) => void): void {}

  unlink(_callback: (semaphore: this) => void): void {}
}
