import { Command } from 'commander';
import { compareRuns, listRuns, plotRuns } from '../commands/runs.ts';
import type { Context } from '../io.ts';
import { runsFolder } from '../run.ts';
import { withLanguage } from './common.ts';

const JSON_OPTION = ['--json', 'one JSON object a line, for programs'] as const;

export function runsCommand(context: Context): Command {
  const list = new Command('list')
    .description('the runs, the latest first')
    .argument('[folder]', 'where they are', runsFolder)
    .option(...JSON_OPTION);
  withLanguage(list).action((folder: string, { json = false }: { json?: boolean }) =>
    listRuns(folder, json, context),
  );
  const compare = new Command('compare')
    .description('what differs between runs, and what came of it')
    .argument('<runs...>', 'folders of runs')
    .option(...JSON_OPTION);
  withLanguage(compare).action((runs: string[], { json = false }: { json?: boolean }) =>
    compareRuns(runs, json, context),
  );
  const plot = new Command('plot')
    .description('the curves of runs, in the terminal')
    .argument('<runs...>', 'folders of runs')
    .option('--metric <name>', 'which figure');
  withLanguage(plot).action((runs: string[], { metric }: { metric?: string }) =>
    plotRuns(runs, metric, context),
  );
  return new Command('runs')
    .description('trainings: list, compare and plot them')
    .addCommand(list)
    .addCommand(compare)
    .addCommand(plot);
}
