import { generate } from '../../models/index.ts';
import type { Context } from '../io.ts';
import { Run } from '../run.ts';
import { firstToken, loadModel } from '../training.ts';

export interface GenerateCommandOptions {
  readonly prompt: string;
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly device: string;
}

/** `lumbre generate RUN`: writes on from a prompt, character by character. A story ends where the model ends it. */
export async function generateText(
  folder: string,
  { prompt, device, ...sampling }: GenerateCommandOptions,
  { output, theme, signal }: Context,
): Promise<void> {
  const run = Run.open(folder);
  const { tokenizer } = run;
  // Texts were learned from a line end on: a prompt is the beginning of one.
  const first = firstToken(run);
  const tokens = [first, ...tokenizer.encode(prompt)];
  const model = loadModel(run, device);
  try {
    output.write(theme.strong(prompt.normalize('NFC')));
    const stopToken = run.config.data.kind === 'stories' ? first : undefined;
    for await (const token of generate(model, tokens, { ...sampling, stopToken, signal })) {
      output.write(tokenizer.decode([token]));
    }
    output.write('\n');
  } finally {
    model.dispose();
  }
}
