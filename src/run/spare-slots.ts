// The gate's slots for requests beyond the one that a task has: they count as any other, and wait behind all others.

import type { SpareSlots } from '../download/spare-slots.js';
import type { HostGate } from './host-gate.js';
import { tellGate } from './host-manners.js';

export function spareSlotsOf(gate: HostGate): SpareSlots {
  return {
    take(task) {
      const request = gate.lend(task);
      if (request === null) return null;
      return {
        end(error) {
          if (error === null) gate.tell(request, 'done');
          else tellGate(gate, request, error, null);
          gate.leave(request);
        },
      };
    },
    watch(onRoom) {
      gate.borrowers.add(onRoom);
      return () => gate.borrowers.delete(onRoom);
    },
  };
}
