// How many columns of a terminal a text takes. Never too few: a bar that is wrapped tears the screen. So every letter
// from the Hangul Jamo on counts as wide, and a combining mark as a letter.

const FIRST_WIDE = 0x1100;

function widthOf(character: string): number {
  return (character.codePointAt(0) ?? 0) < FIRST_WIDE ? 1 : 2;
}

export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** The text, cut so that it takes at most `columns`. */
export function cutToWidth(text: string, columns: number): string {
  let width = 0;
  let end = 0;
  for (const character of text) {
    width += widthOf(character);
    if (width > columns) return text.slice(0, end);
    end += character.length;
  }
  return text;
}
