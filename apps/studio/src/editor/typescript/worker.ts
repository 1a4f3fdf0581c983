import { files } from 'virtual:editor/types';
import { expose } from 'comlink';
import type { Locale } from '../../i18n/locale.ts';
import { createTypeService, type TypeService } from './service.ts';

/** Starts the service. Its answers come from this worker: the page goes on meanwhile. */
const root = {
  start(locale: Locale): void {
    service = createTypeService(files, locale);
  },
  update: (file: string, code: string) => started().update(file, code),
  remove: (file: string) => started().remove(file),
  problems: (file: string) => started().problems(file),
  suggestions: (file: string, at: number) => started().suggestions(file, at),
  describe: (file: string, at: number, label: string) => started().describe(file, at, label),
  hover: (file: string, at: number) => started().hover(file, at),
} satisfies TypeService & { start(locale: Locale): void };

let service: TypeService | null = null;

function started(): TypeService {
  if (!service) throw new Error('The language service has not been started.');
  return service;
}

export type TypeWorker = typeof root;

expose(root);
