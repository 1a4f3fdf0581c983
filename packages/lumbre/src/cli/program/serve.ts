import { Command } from 'commander';
import { defaultDevice } from '../../runtime/devices.ts';
import { type ServeCommandOptions, serveModel } from '../commands/serve.ts';
import type { Context } from '../io.ts';
import * as read from '../options.ts';
import { type Common, withDevice, withLanguage } from './common.ts';

type ServeFlags = Common &
  Omit<ServeCommandOptions, 'json' | 'device' | 'corsOrigins'> & { readonly cors?: string[] };

const dtypes = ['float32', 'float16', 'bfloat16', 'int8'] as const;

export function serveCommand(context: Context): Command {
  const command = new Command('serve')
    .description("offer a model at an address of this machine, behind OpenAI's interface")
    .argument('<model>', 'a run, a model of the package, a folder of Hugging Face, or a name on its hub')
    .option('--port <n>', 'the port; 0 is any that is free', read.integer('--port', 0), 8080)
    .option('--host <address>', 'where it listens; 127.0.0.1 is this machine alone', '127.0.0.1')
    .option('--slots <n>', 'how many texts are written side by side', read.integer('--slots', 1), 4)
    .option('--queue <n>', 'how many may wait for their turn', read.integer('--queue', 0), 64)
    .option('--dtype <name>', 'what weights are kept in', read.choice('--dtype', dtypes), 'float32')
    .option('--revision <name>', 'a branch, a tag or a commit, of a model on the hub')
    .option('--api-key <key>', 'whoever asks must know it (default: what LUMBRE_API_KEY says, or none)')
    .option('--cors <origin...>', 'origins whose pages may ask, such as http://localhost:5173')
    .option('--json', 'one JSON object a line, for programs');
  withDevice(withLanguage(command));
  return command.action((model: string, { cors = [], ...flags }: ServeFlags) => {
    const { device = defaultDevice(), json = false } = flags;
    return serveModel(model, { ...flags, corsOrigins: cors, device, json }, context);
  });
}
