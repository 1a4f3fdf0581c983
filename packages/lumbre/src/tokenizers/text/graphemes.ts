const alone = /^[ -~]*$/;
let segmenter: Intl.Segmenter | undefined;

/** What a reader sees as characters: letters with their marks, emoji sequences, line ends of two characters. */
export function* charactersOf(text: string): Iterable<string> {
  if (alone.test(text)) {
    yield* text;
    return;
  }
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment } of segmenter.segment(text)) yield segment;
}
