import { summary } from '../../nn/index.ts';
import type { Context } from '../io.ts';
import { openFolder } from '../openModel.ts';

/** `lumbre summary MODEL`: its modules, with shapes, parameters, operations and memory. */
export async function summarizeModel(
  name: string,
  { json, device }: { readonly json: boolean; readonly device: string },
  { output }: Context,
): Promise<void> {
  const { creation } = await openFolder(name, device);
  try {
    const made = summary(creation.model, creation.example);
    output.write(json ? `${JSON.stringify(made)}\n` : `${String(made)}\n`);
  } finally {
    creation.dispose();
  }
}
