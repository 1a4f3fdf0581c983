import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import open from 'open';
import { studioApp } from './app.ts';
import { listen } from './listen.ts';
import { localTexts } from './texts.ts';
import { wordsOf } from './words.ts';

const PORT = 4173;

// The language is needed before the options are read, to speak of what is wrong with them.
const words = wordsOf[process.argv.join(' ').match(/--lang[ =]en\b/) ? 'en' : 'es'];

function settings(): { port: number; opens: boolean; isolated: boolean } {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      lang: { type: 'string' },
      'no-open': { type: 'boolean' },
      'no-isolation': { type: 'boolean' },
    },
  });
  const port = values.port === undefined ? PORT : Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RangeError(words.noPort(values.port ?? ''));
  // A browser that nobody sees is not opened.
  const opens = !values['no-open'] && process.env.CI === undefined && process.stdout.isTTY === true;
  return { port, opens, isolated: !values['no-isolation'] };
}

try {
  const pages = fileURLToPath(new URL('../web', import.meta.url));
  if (!existsSync(pages)) throw new Error(words.notBuilt);
  const { port, opens, isolated } = settings();
  const app = studioApp({ pages, texts: localTexts(), isolated });
  const server = await listen(app, port);
  const address = `http://127.0.0.1:${server.port}/`;
  process.stdout.write(`\n  ${words.ready(address)}\n  ${words.howToEnd}\n\n`);
  if (opens) await open(address).catch(() => {});
  process.once('SIGINT', () => {
    server.close();
    process.exit(0);
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
