import { CliError } from '../errors.ts';
import { figureName } from '../figureName.ts';
import type { Context } from '../io.ts';
import { openFolder } from '../openModel.ts';
import { withRunFolder } from '../runData.ts';
import { tableOf } from '../tables.ts';
import { openWorkshop } from '../workshop.ts';

export interface EvaluateOptions {
  readonly dataFolder?: string;
  readonly json: boolean;
  readonly device: string;
}

/** `lumbre eval MODEL`: measures a model on data that it has not seen. */
export async function evaluateModel(name: string, options: EvaluateOptions, context: Context): Promise<void> {
  const { output, messages, format, theme } = context;
  const { creation, recipe, config, folder } = await openFolder(name, options.device);
  try {
    const workshop = openWorkshop(options, context);
    const data = withRunFolder(folder, workshop.data);
    const figures = await creation.evaluate?.({ ...workshop, data });
    if (!figures) throw new CliError((messages) => messages.cannotEvaluate(name));
    if (options.json) {
      output.write(`${JSON.stringify({ model: name, recipe: recipe.name, ...figures })}\n`);
      return;
    }
    output.write(`\n  ${theme.strong(name)} ${theme.muted(`· ${recipe.name} · ${config.data.name}`)}\n`);
    const rows = Object.entries(figures).map(([figure, value]) => [
      figureName(figure, messages),
      format.number(value, 4),
    ]);
    for (const line of tableOf(rows, ['left', 'right'])) output.write(`  ${line}\n`);
    output.write('\n');
  } finally {
    creation.dispose();
  }
}
