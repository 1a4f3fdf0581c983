import type { Output } from '../../cell/output.ts';

/** Lines of text that follow each other become one block: a loop that prints a thousand of them makes one element. */
export function joinText(outputs: readonly Output[]): Output[] {
  const joined: Output[] = [];
  for (const output of outputs) {
    const last = joined.at(-1);
    if (output.kind === 'text' && last?.kind === 'text' && last.stream === output.stream)
      joined[joined.length - 1] = { ...last, text: `${last.text.replace(/\n$/, '')}\n${output.text}` };
    else joined.push(output);
  }
  return joined;
}
