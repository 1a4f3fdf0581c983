import { Command } from 'commander';
import type { Context } from './io.ts';
import { cacheCommand } from './program/cache.ts';
import { dataCommand } from './program/data.ts';
import { doctorCommand } from './program/doctor.ts';
import { finetuneCommand } from './program/finetune.ts';
import { generateCommand } from './program/generate.ts';
import { hubCommand } from './program/hub.ts';
import { evalCommand, exportCommand, sampleCommand, summaryCommand } from './program/models.ts';
import { runsCommand } from './program/runs.ts';
import { serveCommand } from './program/serve.ts';
import { startCommand } from './program/start.ts';
import { storiesCommand } from './program/stories.ts';
import { tokenizerCommand } from './program/tokenizer.ts';
import { trainCommand } from './program/train.ts';

/** The whole command line. Its texts go to the context's outputs, and it throws instead of ending the process. */
export function makeProgram(context: Context, version: string): Command {
  const program = new Command('lumbre')
    .description('Generative AI from the tensor up: train models here, and make things with them')
    .version(version, '--version', 'show the version')
    .addCommand(startCommand(context))
    .addCommand(trainCommand(context))
    .addCommand(finetuneCommand(context))
    .addCommand(generateCommand(context))
    .addCommand(sampleCommand(context))
    .addCommand(serveCommand(context))
    .addCommand(evalCommand(context))
    .addCommand(summaryCommand(context))
    .addCommand(exportCommand(context))
    .addCommand(runsCommand(context))
    .addCommand(storiesCommand(context))
    .addCommand(dataCommand(context))
    .addCommand(hubCommand(context))
    .addCommand(tokenizerCommand(context))
    .addCommand(cacheCommand(context))
    .addCommand(doctorCommand(context, version));
  const settle = (command: Command): void => {
    command
      .exitOverride()
      .showHelpAfterError('(--help shows what there is)')
      .configureOutput({
        writeOut: (text) => void context.output.write(text),
        writeErr: (text) => void context.errors.write(text),
      });
    for (const child of command.commands) settle(child as Command);
  };
  settle(program);
  return program;
}
