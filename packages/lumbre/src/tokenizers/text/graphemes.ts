/** What may be more than one character: marks join what is before them. Printable ASCII alone never does. */
const runs = /[ -~]?[^ -~]+/gu;
let segmenter: Intl.Segmenter | undefined;

/** What a reader sees as characters: letters with their marks, emoji sequences, line ends of two characters. */
export function charactersOf(text: string): string[] {
  const characters: string[] = [];
  let last = 0;
  for (const { index, 0: run } of text.matchAll(runs)) {
    for (let i = last; i < index; i++) characters.push(text[i] as string);
    last = index + run.length;
    segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
    for (const { segment } of segmenter.segment(run)) characters.push(segment);
  }
  for (let i = last; i < text.length; i++) characters.push(text[i] as string);
  return characters;
}
