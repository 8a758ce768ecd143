import { fingerprint } from '../files/name-claims.js';
import type { Store } from '../state/store.js';
import type { TrapMemory } from './trap-memory.js';

/** What the rules against traps remember, in the state: a crawl that goes on has not forgotten it. */
export function storedTrapMemory(store: Store): TrapMemory {
  return {
    admits(group, member, most) {
      let admitted = true;
      store.write(() => {
        admitted = store.crawl.admits(printOf(group), printOf(member), most);
      });
      return admitted;
    },
  };
}

/** 48 bits as a number. */
function printOf(text: string): number {
  const { low, high } = fingerprint(text);
  return high * 2 ** 32 + low;
}
