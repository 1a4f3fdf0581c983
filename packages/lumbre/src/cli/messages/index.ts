import type { Language } from '../../data/stories/index.ts';
import { en } from './en.ts';
import { es, type Messages } from './es.ts';

export type { Messages };
export { en as english, es as spanish };

/** What the command line says, by language. */
export const messagesOf: Readonly<Record<Language, Messages>> = { es, en };
