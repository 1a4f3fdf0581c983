import type { Language } from '../../data/index.ts';
import { en } from './en.ts';
import { es, type Messages } from './es.ts';

export type { Messages };
export { en as english };

/** What the command line says, by language. */
export const messagesOf: Readonly<Record<Language, Messages>> = { es, en };
