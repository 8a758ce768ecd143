import { fingerprint } from '../files/fingerprint.js';
import type { Store } from '../state/store.js';
import type { TrapMemory } from './trap-memory.js';

/** Groups whose size is known without counting. */
const MOST_COUNTED = 10_000;

/** What the rules against traps remember, in the state: a crawl that goes on has not forgotten it. */
export function storedTrapMemory(store: Store): TrapMemory {
  const { crawl } = store;
  /** In the order of their last use; to count a group anew for each of its members would take the square of its size. */
  const counts = new Map<number, number>();
  const countOf = (cluster: number): number => {
    const count = counts.get(cluster) ?? crawl.trapMembers(cluster);
    setCount(cluster, count);
    return count;
  };
  const setCount = (cluster: number, count: number): void => {
    counts.delete(cluster);
    counts.set(cluster, count);
    if (counts.size <= MOST_COUNTED) return;
    for (const [oldest] of counts) {
      counts.delete(oldest);
      return;
    }
  };
  const admit = (cluster: number, member: number, most: number): boolean => {
    if (crawl.hasTrapMember(cluster, member)) return true;
    const count = countOf(cluster);
    if (count >= most) return false;
    crawl.addTrapMember(cluster, member);
    setCount(cluster, count + 1);
    return true;
  };
  return {
    has: (group, member) => crawl.hasTrapMember(printOf(group), printOf(member)),
    count: (group) => countOf(printOf(group)),
    admits(group, member, most) {
      let admitted = true;
      store.write(() => {
        admitted = admit(printOf(group), printOf(member), most);
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
