// Small numbers for greenlets: the lowest one that is free.

const taken: boolean[] = [];
/** No number below this one is free. */
let lowest = 0;

export function takeIdent(): number {
  while (taken[lowest] === true) lowest++;
  taken[lowest] = true;
  return lowest;
}

export function freeIdent(ident: number): void {
  taken[ident] = false;
  if (ident < lowest) lowest = ident;
}
