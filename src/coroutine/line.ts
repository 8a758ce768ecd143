// First come, first served: a linked list from which any place can be given up in constant time.

export interface Place<T> {
  readonly value: T;
  before: Place<T> | null;
  after: Place<T> | null;
  /** False once the place was served or given up. */
  held: boolean;
}

export class Line<T> {
  #first: Place<T> | null = null;
  #last: Place<T> | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The value that has waited longest, left in its place. */
  get first(): T | undefined {
    return this.#first?.value;
  }

  /** All values, in their order. */
  values(): T[] {
    const values: T[] = [];
    for (let place = this.#first; place !== null; place = place.after) values.push(place.value);
    return values;
  }

  push(value: T): Place<T> {
    const place: Place<T> = { value, before: this.#last, after: null, held: true };
    if (this.#last === null) this.#first = place;
    else this.#last.after = place;
    this.#last = place;
    this.#size++;
    return place;
  }

  shift(): T | undefined {
    const place = this.#first;
    if (place === null) return undefined;
    this.remove(place);
    return place.value;
  }

  /** Gives a place up; nothing happens when it is not held any more. */
  remove(place: Place<T>): void {
    if (!place.held) return;
    place.held = false;
    const { before, after } = place;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    // Else one that the collector takes for long-lived keeps all that stood behind it.
    place.before = null;
    place.after = null;
    this.#size--;
  }

  /** Gives up the foremost place whose value is the wanted one. @returns false when there was none */
  removeWhere(wanted: (value: T) => boolean): boolean {
    for (let place = this.#first; place !== null; place = place.after) {
      if (wanted(place.value)) {
        this.remove(place);
        return true;
      }
    }
    return false;
  }

  /** Gives up every place with such a value. */
  removeAll(wanted: (value: T) => boolean): void {
    for (let place = this.#first; place !== null; ) {
      const { value, after } = place;
      if (wanted(value)) this.remove(place);
      place = after;
    }
  }
}
