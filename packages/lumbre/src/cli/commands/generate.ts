import { CliError } from '../errors.ts';
import { fillingBars } from '../fillings.ts';
import type { Context } from '../io.ts';
import { openFolder } from '../openModel.ts';
import { pretrainedFolder, writePretrained } from '../pretrained.ts';

export interface GenerateCommandOptions {
  readonly prompt: string;
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly json: boolean;
  readonly device: string;
}

/** What stands for a word that is missing. */
const GAP = '[MASK]';

/**
 * `lumbre generate MODEL`: writes on from a prompt, piece by piece. A story ends where the model ends it. A model that fills
 * gaps tells what could stand at each `[MASK]`.
 */
export async function generateText(
  name: string,
  { prompt, device, json, ...sampling }: GenerateCommandOptions,
  context: Context,
): Promise<void> {
  const { output, theme, signal } = context;
  const show = async (pieces: AsyncIterable<string>): Promise<void> => {
    const beginning = prompt.normalize('NFC');
    let text = '';
    if (!json) output.write(theme.strong(beginning));
    for await (const piece of pieces) {
      text += piece;
      if (!json) output.write(piece);
    }
    output.write(json ? `${JSON.stringify({ model: name, prompt: beginning, text })}\n` : '\n');
  };
  const pretrained = pretrainedFolder(name);
  if (pretrained !== null) {
    return await show(writePretrained(pretrained, prompt.normalize('NFC'), device, { ...sampling, signal }));
  }
  const { creation } = await openFolder(name, device);
  try {
    if (creation.fill) {
      if (!prompt.includes(GAP)) throw new CliError((messages) => messages.needGap(GAP));
      const fillings = await creation.fill(prompt);
      const lines = json
        ? [JSON.stringify({ model: name, prompt, fillings })]
        : fillingBars(prompt, fillings, context);
      output.write(`${lines.join('\n')}\n`);
      return;
    }
    const pieces = creation.write?.(prompt, { ...sampling, signal });
    if (!pieces) throw new CliError((messages) => messages.cannotWrite(name));
    await show(pieces);
  } finally {
    creation.dispose();
  }
}
