import { CliError } from '../errors.ts';
import type { Context } from '../io.ts';
import { openFolder } from '../openModel.ts';

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

/** `lumbre generate MODEL`: writes on from a prompt, piece by piece. A story ends where the model ends it. */
export async function generateText(
  name: string,
  { prompt, device, json, ...sampling }: GenerateCommandOptions,
  { output, theme, signal }: Context,
): Promise<void> {
  const { creation } = await openFolder(name, device);
  try {
    const pieces = creation.write?.(prompt, { ...sampling, signal });
    if (!pieces) throw new CliError((messages) => messages.cannotWrite(name));
    const beginning = prompt.normalize('NFC');
    let text = '';
    if (!json) output.write(theme.strong(beginning));
    for await (const piece of pieces) {
      text += piece;
      if (!json) output.write(piece);
    }
    output.write(json ? `${JSON.stringify({ model: name, prompt: beginning, text })}\n` : '\n');
  } finally {
    creation.dispose();
  }
}
