// Where in a text a URL stands.

export interface Place {
  /** As it reads, escapes undone. */
  readonly url: string;
  /** What is replaced to put another URL there. */
  readonly start: number;
  readonly end: number;
}

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Puts other text in place, all else stays. Edits come in order and do not overlap. */
export function replacePlaces(text: string, edits: readonly Edit[]): string {
  let at = 0;
  let result = '';
  for (const edit of edits) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
